"""Report notebooks, executed by papermill with parameters that are checked first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from likvard.errors import ParamsError, WorkspaceError, unknown

if TYPE_CHECKING:
    from nbformat import NotebookNode


class NotebookFailedError(Exception):
    """A cell of a report notebook failed; the message names the cell and the fault."""


def check_parameters(template: Path, given: dict[str, str]) -> None:
    """Nothing, where the notebook's parameters are exactly those given. Errors: ``ParamsError``, and ``WorkspaceError`` where
    the template is not a notebook.

    papermill itself only warns about a parameter that the notebook does not know, and keeps the default of one that is not
    given: a typo would then build somebody else's report.
    """
    import nbformat
    import papermill

    try:
        nbformat.validate(nbformat.read(template, as_version=4))
    except (OSError, ValueError, nbformat.ValidationError) as error:
        fault = "is not there" if isinstance(error, FileNotFoundError) else "is not a notebook that can be read"
        raise WorkspaceError(
            f"The report template {template} {fault}.",
            advice=f"bring it back with `git checkout -- {template.name}` in its folder and run the same command again.",
        ) from None
    declared = list(papermill.inspect_notebook(str(template)))
    problems = [unknown("the parameter", name, declared) for name in given if name not in declared]
    problems += [f"the parameter {name!r} is not given" for name in declared if name not in given]
    if problems:
        raise ParamsError(
            f"The parameters do not fit the notebook {template.name}.",
            problems,
            advice="name the parameters as in the notebook's cell tagged 'parameters'.",
        )


def execute(template: Path, parameters: dict[str, str], folder: Path) -> NotebookNode:
    """The executed notebook, run in ``folder``. Errors: ``NotebookFailedError``."""
    import papermill
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import raise_for_execution_errors
    from papermill.utils import chdir

    how = {"engine_name": "likvard", "kernel_name": "python3", "progress_bar": False}
    # papermill's two steps by themselves: together they would write the executed notebook as JSON, even to nowhere.
    prepared = papermill.execute_notebook(str(template), None, parameters, prepare_only=True, **how)
    try:
        with chdir(str(folder)):
            executed = papermill_engines.execute_notebook_with_engine(nb=prepared, **how)
        raise_for_execution_errors(executed, None)
    except PapermillExecutionError as error:
        raise NotebookFailedError(f"cell {error.exec_count}: {error.ename}: {error.evalue}") from error
    return executed
