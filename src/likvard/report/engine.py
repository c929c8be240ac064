"""A papermill engine that runs a notebook in a process forked from this one, in a shell of its own, instead of starting a kernel.

A kernel takes seconds to start and to import what every report imports; a process that is forked from one which has already
imported it takes none. The executed notebook is a normal one: the same outputs in the same order as from a kernel, and the same
error with its traceback. Only what needs a running kernel (comms, input, debugging) is missing, which reports do not use.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode, from_dict
from papermill.engines import Engine, NotebookExecutionManager
from traitlets.config import Config

from likvard.apart import Limits, each, is_apart

Outputs = list[NotebookNode]


class ForkEngine(Engine):  # type: ignore[misc]
    """papermill's engine ``likvard``."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any) -> None:
        """Every code cell run in order, up to the first that fails, which then holds its error output.

        The cells run in a process of their own, under ``limits`` (papermill passes keywords on to its engine); where this
        process is already one that was made for the report, they run here. Errors: ``TaskLostError``.
        """
        cells = nb_man.nb.cells
        sources = [cell.source if cell.cell_type == "code" else None for cell in cells]
        if is_apart():
            ran = run_cells(sources)
        else:
            (ended,) = each(run_cells, [sources], limits=options.get("limits", Limits()))
            if ended.error is not None:
                raise ended.error
            ran = ended.value or []
        for index, (cell, one) in enumerate(zip(cells, ran, strict=False)):
            if one is None:
                nb_man.cell_complete(cell, cell_index=index)
                continue
            nb_man.cell_start(cell, index)
            cell.outputs, cell.execution_count = one.outputs, one.count
            (nb_man.cell_exception if one.failed else nb_man.cell_complete)(cell, cell_index=index)
            cell.metadata.papermill.update(
                start_time=one.began.isoformat(),
                end_time=one.ended.isoformat(),
                duration=(one.ended - one.began).total_seconds(),
            )


def warm_up() -> None:
    """Nothing; a shell has run once."""
    run_cells(["1"])


@dataclass(frozen=True)
class Ran:
    """What came of one code cell."""

    outputs: Outputs
    count: int | None
    failed: bool
    began: datetime
    ended: datetime


def run_cells(sources: list[str | None]) -> list[Ran | None]:
    """What came of the code cells in their order, up to the first that fails; None for a cell without code."""
    shell = _fresh_shell()
    ran: list[Ran | None] = []
    for source in sources:
        if source is None:
            ran.append(None)
            continue
        began, outputs = datetime.now(UTC), Outputs()
        with _collecting(shell, outputs):
            result = shell.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            outputs.append(_error_output(shell, error))
        ran.append(Ran(outputs, result.execution_count, error is not None, began, datetime.now(UTC)))
        if error is not None:
            break
    return ran


class _Publisher(DisplayPublisher):  # type: ignore[misc]
    """Takes what a cell displays on its way."""

    outputs: Outputs

    def publish(self, data: dict[str, Any], metadata: dict[str, Any] | None = None, **more: Any) -> None:
        self.outputs.append(_output("display_data", data=data, metadata=metadata or {}))


class _Hook(DisplayHook):  # type: ignore[misc]
    """Takes the value that a cell ends with."""

    outputs: Outputs

    def __call__(self, result: Any = None) -> None:
        if result is None or self.quiet():
            return
        data, metadata = self.compute_format_data(result)
        self.update_user_ns(result)
        self.outputs.append(
            _output("execute_result", data=data, metadata=metadata, execution_count=self.shell.execution_count)
        )


class _Stream(io.TextIOBase):
    """A text stream whose writing becomes stream outputs; neighbouring pieces are one output."""

    def __init__(self, name: str, outputs: Outputs) -> None:
        self.name = name
        self.outputs = outputs

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last.output_type == "stream" and last.name == self.name:
            last.text += text
        elif text:
            self.outputs.append(_output("stream", name=self.name, text=text))
        return len(text)


def _fresh_shell() -> InteractiveShell:
    """A shell with an empty namespace and no trace on disk; the one that ``display`` finds."""
    InteractiveShell.clear_instance()
    without_history = Config({"HistoryManager": {"enabled": False}})
    shell = InteractiveShell.instance(
        display_pub_class=_Publisher, displayhook_class=_Hook, user_ns={}, config=without_history
    )
    # A traceback is an output of the cell; nothing is printed on the way.
    shell.showtraceback = lambda *_, **__: None
    shell.showsyntaxerror = lambda *_, **__: None
    shell.enable_gui = lambda *_, **__: None  # `%matplotlib inline` asks for one; there is none to enable
    return shell


@contextlib.contextmanager
def _collecting(shell: InteractiveShell, outputs: Outputs) -> Iterator[None]:
    """While the block runs, everything that a cell shows or prints is appended to ``outputs``."""
    shell.display_pub.outputs = shell.displayhook.outputs = outputs
    with (
        contextlib.redirect_stdout(_Stream("stdout", outputs)),
        contextlib.redirect_stderr(_Stream("stderr", outputs)),
    ):
        yield


def _output(kind: str, **content: Any) -> NotebookNode:
    """One output of a cell. ``nbformat.v4.new_output`` would compare each with the schema, which saving the notebook does."""
    return from_dict({"output_type": kind, **content})


def _error_output(shell: InteractiveShell, error: BaseException) -> NotebookNode:
    """The output of a cell that failed, as a kernel gives it."""
    trace = shell.InteractiveTB.structured_traceback(type(error), error, error.__traceback__)
    return _output("error", ename=type(error).__name__, evalue=str(error), traceback=trace)
