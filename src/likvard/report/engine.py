"""A papermill engine that runs a notebook inside this process, in a shell of its own, instead of starting a kernel.

A kernel takes seconds to start and to import what every report imports; a process that is forked from one which has already
imported it takes none. The executed notebook is a normal one: the same outputs in the same order as from a kernel, and the same
error with its traceback. Only what needs a running kernel (comms, input, debugging) is missing, which reports do not use.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode, v4
from papermill.engines import Engine, NotebookExecutionManager

Outputs = list[NotebookNode]


class InProcessEngine(Engine):  # type: ignore[misc]
    """papermill's engine ``likvard``."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any) -> None:
        """Run every code cell in order; stop at the first that fails, which then holds its error output."""
        shell = _fresh_shell()
        cells = nb_man.nb.cells
        for index, cell in enumerate(cells):
            if cell.cell_type != "code":
                nb_man.cell_complete(cell, cell_index=index)
                continue
            nb_man.cell_start(cell, index)
            cell.outputs = []
            with _collecting(shell, cell.outputs):
                result = shell.run_cell(cell.source, store_history=True)
            cell.execution_count = result.execution_count
            error = result.error_before_exec or result.error_in_exec
            if error is not None:
                cell.outputs.append(_error_output(shell, error))
                nb_man.cell_exception(cell, cell_index=index)
                return
            nb_man.cell_complete(cell, cell_index=index)


class _Publisher(DisplayPublisher):  # type: ignore[misc]
    """Takes what a cell displays on its way."""

    outputs: Outputs

    def publish(self, data: dict[str, Any], metadata: dict[str, Any] | None = None, **more: Any) -> None:
        self.outputs.append(v4.new_output("display_data", data=data, metadata=metadata or {}))


class _Hook(DisplayHook):  # type: ignore[misc]
    """Takes the value that a cell ends with."""

    outputs: Outputs

    def __call__(self, result: Any = None) -> None:
        if result is None or self.quiet():
            return
        data, metadata = self.compute_format_data(result)
        self.update_user_ns(result)
        self.outputs.append(
            v4.new_output("execute_result", data=data, metadata=metadata, execution_count=self.shell.execution_count)
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
            self.outputs.append(v4.new_output("stream", name=self.name, text=text))
        return len(text)


def _fresh_shell() -> InteractiveShell:
    """A shell with an empty namespace and no trace on disk; the one that ``display`` finds."""
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(display_pub_class=_Publisher, displayhook_class=_Hook, user_ns={})
    # A traceback is an output of the cell; nothing is printed on the way.
    shell.showtraceback = lambda *_, **__: None
    shell.showsyntaxerror = lambda *_, **__: None
    shell.history_manager.enabled = False
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


def _error_output(shell: InteractiveShell, error: BaseException) -> NotebookNode:
    """The output of a cell that failed, as a kernel gives it."""
    trace = shell.InteractiveTB.structured_traceback(type(error), error, error.__traceback__)
    return v4.new_output("error", ename=type(error).__name__, evalue=str(error), traceback=trace)
