"""The layout that a reader relies on: stages, commands, packages, dependencies, names and sizes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from likvard.cli import likvard
from likvard.workspace import Workspace

REPOSITORY = Path(__file__).parents[2]
SOURCE = REPOSITORY / "src/likvard"
MODULES = sorted(SOURCE.rglob("*.py"))
STAGES = yaml.safe_load((REPOSITORY / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
FLOW = ["ingest", "validate", "prepare", "indicators", "protect", "report"]
PROOF = ["keys", "log", "record", "verify", "trace", "audit", "rebuild", "crate"]
RELEASE = ["release", "diff", "distribute", "purge", "duties"]
# What people do beside the flow: no stage, as it is no derivation.
ACTS = ["calendar", "publish", "demo", "fetch", *PROOF, *RELEASE]
WAY_IN = ["intake", "reply", "new-key"]
AFTER_THE_FLOW = {"index": "src/likvard/report/contents_page.py", "pack": "src/likvard/report/meeting/run.py"}
# Not versioned on purpose: Great Expectations' pages carry run times.
NOT_AN_OUTPUT = {"data/data_docs"}
# Read by every command before its stage begins; what a stage uses of them stands in its `params`.
EVERY_STAGE_READS = {"params.yaml"}


def test_the_flow_is_the_same_in_the_stages_the_commands_and_the_packages() -> None:
    commands = [name for name in likvard.commands if name not in {"build", *WAY_IN, *ACTS}]
    assert [*FLOW, *AFTER_THE_FLOW] == list(STAGES) == commands
    assert [stage for stage in FLOW if not (SOURCE / stage / "run.py").is_file()] == []


def test_each_stage_runs_the_command_of_its_name() -> None:
    run = {name: stage["cmd"].split()[:2] for name, stage in STAGES.items()}
    assert run == {name: ["likvard", name] for name in STAGES}


def test_the_help_lists_the_commands_in_the_order_of_the_flow() -> None:
    text = CliRunner().invoke(likvard, ["--help"]).output.split("Commands:")[1]
    assert [line.split()[0] for line in text.splitlines() if line[2:3].isalpha()] == [
        "build",
        *WAY_IN,
        *FLOW,
        *AFTER_THE_FLOW,
        *ACTS,
    ]


def test_every_kind_of_report_has_a_template_and_the_matrix_has_every_kind() -> None:
    kinds = STAGES["report"]["matrix"]["kind"]
    assert sorted(kinds) == sorted(path.stem for path in (REPOSITORY / "notebooks/reports").glob("*.ipynb"))


@pytest.mark.parametrize("stage", STAGES)
def test_all_code_that_a_stage_imports_is_among_its_deps(stage: str) -> None:
    files = {file for module in modules_of(stage) for file in import_closure(module)}
    assert [shown(file) for file in sorted(files) if not within(shown(file), deps_of(stage))] == []


@pytest.mark.parametrize("stage", STAGES)
def test_all_folders_that_a_stage_uses_are_among_its_deps_and_outs(stage: str) -> None:
    declared = deps_of(stage) | outs_of(stage) | NOT_AN_OUTPUT | EVERY_STAGE_READS
    used = {place for module in modules_of(stage) for place in workspace_places(module)}
    assert [
        place for place in sorted(used) if not any(within(place, {d}) or within(d, {place}) for d in declared)
    ] == []


@pytest.mark.parametrize("stage", STAGES)
def test_all_params_that_a_stage_reads_are_among_its_params(stage: str) -> None:
    read = {name for module in modules_of(stage) for name in attributes_of("params", module)}
    assert read - {"model_dump"} - set(STAGES[stage].get("params", [])) == set()


def test_the_import_closure_follows_imports_inside_functions() -> None:
    assert SOURCE / "pipeline.py" in import_closure(SOURCE / "cli.py")
    assert SOURCE / "report/view.py" in import_closure(SOURCE / "cli.py")
    assert SOURCE / "report/view.py" not in import_closure(SOURCE / "ingest/run.py")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: shown(path))
def test_a_module_is_one_idea_that_a_reader_can_hold(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 350


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "util", "helpers", "helper", "misc", "common", "manager", "tools"}
    parts = {part for path in MODULES for part in path.relative_to(SOURCE).with_suffix("").parts}
    assert {part for part in parts if drawers & set(part.split("_"))} == set()


def test_every_module_says_what_it_is() -> None:
    silent = [shown(path) for path in MODULES if not ast.get_docstring(tree(path))]
    assert silent == []


def test_test_files_have_names_of_their_own() -> None:
    names = [path.name for path in (REPOSITORY / "tests").rglob("*.py") if path.name != "conftest.py"]
    assert sorted(names) == sorted(set(names))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def shown(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def within(name: str, places: set[str]) -> bool:
    return any(name == place or name.startswith(f"{place}/") for place in places)


def deps_of(stage: str) -> set[str]:
    return expanded(stage, STAGES[stage]["deps"])


def outs_of(stage: str) -> set[str]:
    return expanded(stage, [out if isinstance(out, str) else next(iter(out)) for out in STAGES[stage]["outs"]])


def expanded(stage: str, places: list[str]) -> set[str]:
    kinds = STAGES[stage].get("matrix", {}).get("kind", [""])
    return {place.replace("${item.kind}", kind).replace("/${edition}", "") for place in places for kind in kinds}


def modules_of(stage: str) -> list[Path]:
    """The modules of a stage's own: its package, less what another stage begins with."""
    others = {REPOSITORY / path for path in AFTER_THE_FLOW.values()}
    return (
        sorted(set((SOURCE / stage).rglob("*.py")) - others) if stage in FLOW else [REPOSITORY / AFTER_THE_FLOW[stage]]
    )


@cache
def import_closure(start: Path) -> frozenset[Path]:
    """The file and every file of likvard that it imports, directly or not, at the top or inside a function."""
    found, waiting = {start}, [start]
    while waiting:
        for imported in imports(waiting.pop()):
            if imported not in found:
                found.add(imported)
                waiting.append(imported)
    return frozenset(found)


def imports(path: Path) -> Iterator[Path]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{shown(path)} has a relative import, which this test does not follow"
            # `from likvard.ingest import run` names a function or a module: both are looked for.
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            yield from files_of(name)


def files_of(module: str) -> Iterator[Path]:
    """The file of a module of likvard and the ``__init__`` of each package that it lies in, except likvard's own.

    ``likvard/__init__`` loads nothing by itself, so that it counts only where it is what is imported from.
    """
    parts = module.split(".")
    if parts[0] != "likvard":
        return
    if parts == ["likvard"]:
        yield SOURCE / "__init__.py"
    for depth in range(1, len(parts)):
        place = SOURCE.joinpath(*parts[1 : depth + 1])
        for path in (place / "__init__.py", place.with_suffix(".py")):
            if path.is_file():
                yield path


def workspace_places(module: Path) -> Iterator[str]:
    """The places below the workspace that the module asks ``workspace`` for."""
    workspace = Workspace(Path("/"))
    for name in attributes_of("workspace", module):
        if isinstance(getattr(Workspace, name, None), property):
            yield getattr(workspace, name).relative_to("/").as_posix()
        elif name == "reports":
            yield "reports"


def attributes_of(variable: str, module: Path) -> Iterator[str]:
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Attribute):
            value = node.value
            name = value.id if isinstance(value, ast.Name) else value.attr if isinstance(value, ast.Attribute) else None
            if name == variable:
                yield node.attr
