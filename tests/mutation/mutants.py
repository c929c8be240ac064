"""Mutation testing: which faults in the deciding code the tests notice (``make mutants``; docs/mutation.md has the figures).

Faults are those of cosmic-ray, one per place and kind, and beside them every statement left out that is a call, a ``raise`` or
an ``+=``. Each is put into the module as it is imported in a process of its own, so that no file is ever changed; the process
runs the tests that watch the module until the first one fails. Python and the packages are loaded once, before the forks.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import gc
import importlib
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType
from typing import Any

import parso
import yaml
from cosmic_ray.ast import ast_nodes
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
WATCHED, RESULTS, PAGE = HERE / "watched.yaml", HERE / "results.json", REPOSITORY / "docs/mutation.md"
BEGIN, END = "<!-- written by `make mutants` -->", "<!-- until here -->"
SEED = "likvard"
TIMES_AS_LONG, SECONDS_MORE = 5, 10
NOT_NEEDED = ("cacheprovider", "unraisableexception", "threadexception")
LEFT_OUT = ("raise_stmt", "atom_expr")


@dataclass(frozen=True)
class Mutant:
    """A fault: the number of its line, the line before and after, and the whole text of the module with it."""

    number: int
    before: str
    after: str
    code: str


@dataclass(frozen=True)
class Mutated:
    """Finds the module ``name`` and gives its code with the fault."""

    name: str
    path: Path
    code: str

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """The module with the fault, where it is asked for."""
        if name != self.name:
            return None
        code, place = self.code, str(self.path)

        class Loader(SourceFileLoader):
            def get_code(self, fullname: str) -> CodeType:
                return compile(code, place, "exec")

        return spec_from_file_location(name, place, loader=Loader(name, place))


def mutants_of(path: Path) -> list[Mutant]:
    """Every fault of the module, one per place and kind, in the order of their lines."""
    source = path.read_text(encoding="utf-8")
    tree = parso.parse(source)
    found: dict[tuple[object, ...], list[tuple[str, int]]] = {}
    for name in operator_names():
        operator_class = get_operator(name)
        if operator_class.arguments():
            continue
        operator = operator_class()
        places = [place for node in ast_nodes(tree) for place in operator.mutation_positions(node)]
        for occurrence, place in enumerate(places):
            found.setdefault((place, name.split("/")[-1].split("_")[0]), []).append((name, occurrence))
    codes = []
    for place, ways in sorted(found.items(), key=str):
        chosen = random.Random(f"{SEED} {path.name} {place}").sample(sorted(ways), len(ways))
        each = (_mutated(source, name, occurrence) for name, occurrence in chosen)
        codes += [next((code for code in each if code and _meaning(code) not in (None, _meaning(source))), None)]
    codes += list(_with_a_statement_left_out(source, tree))
    return sorted({_told(source, code) for code in codes if code}, key=lambda one: (one.number, one.after))


def _mutated(source: str, operator: str, occurrence: int) -> str | None:
    try:
        return mutate_code(source, get_operator(operator)(), occurrence)
    except (
        AttributeError
    ):  # cosmic-ray cannot exchange an exception that is named with its module (`except pyrage.Error`)
        return None


def _with_a_statement_left_out(source: str, tree: Any) -> Iterator[str]:
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node in ast_nodes(tree):
        adds = node.type == "expr_stmt" and str(node.children[1].get_code()).strip() in ("+=", "|=")
        if node.parent is not None and node.parent.type == "simple_stmt" and (node.type in LEFT_OUT or adds):
            (line, column), (last, end) = node.start_pos, node.end_pos
            yield source[: starts[line - 1] + column] + "pass" + source[starts[last - 1] + end :]


def _meaning(code: str) -> str | None:
    """The code as Python understands it, without the annotations of arguments, which it never looks at; None if it is no code."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.FunctionDef):
            node.returns = None
    return ast.dump(tree)


def _told(source: str, code: str) -> Mutant:
    old, new = source.splitlines(), code.splitlines()
    number = next(place for place, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1])
    return Mutant(number + 1, old[number].strip(), new[number].strip(), code)


def outcome(path: Path, code: str, tests: list[str], seconds: float | None) -> tuple[str, float]:
    """``survived``, ``killed`` or ``too slow``, and the seconds of processor time, of which the tests may take ``seconds``."""
    begun = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory(prefix="mutant-") as place:
        child = os.fork()
        if not child:
            _run_in_this_process(path, code, tests, seconds, Path(place))
        status = _wait_for(child, None if seconds is None else time.monotonic() + 20 * seconds)
        if os.environ.get("MUTANTS_SHOW"):
            sys.stdout.write((Path(place) / "said").read_text(encoding="utf-8", errors="replace")[-3000:])
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = ended.ru_utime + ended.ru_stime - begun.ru_utime - begun.ru_stime
    if os.WIFSIGNALED(status):
        return "too slow", took
    return "killed" if os.waitstatus_to_exitcode(status) else "survived", took


def _wait_for(child: int, until: float | None) -> int:
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            return status
        if until is not None and time.monotonic() > until:
            os.killpg(child, signal.SIGKILL)
        time.sleep(0.02)


def _run_in_this_process(path: Path, code: str, tests: list[str], seconds: float | None, place: Path) -> None:
    """Never returns: the process ends with pytest's exit code."""
    status = 70
    try:
        os.setsid()
        if seconds is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 1))
        said = os.open(place / "said", os.O_WRONLY | os.O_CREAT)
        os.dup2(said, 1)
        os.dup2(said, 2)
        name = ".".join(path.relative_to(REPOSITORY / "src").with_suffix("").parts)
        sys.meta_path.insert(0, Mutated(name, path, code))  # type: ignore[arg-type]
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        import pytest

        words = ["-x", "-q", "--assert=plain", f"--basetemp={place}/t", *(f"-pno:{one}" for one in NOT_NEEDED)]
        status = int(pytest.main([*words, *tests]))
        sys.stdout.flush()
    finally:
        os._exit(status)


def warm() -> None:
    """Nothing; all packages that the tests use are loaded, and nothing of the repository is."""
    sys.path.insert(0, str(REPOSITORY / "tests"))
    for name in (
        "conftest",
        "cosmic_ray",
        "cryptography.hazmat.primitives.serialization",
        "pikepdf",
        "pyrage",
        "rfc8785",
    ):
        importlib.import_module(name)
    for name in (
        "scipy.optimize",
        "pyarrow.parquet",
        "hypothesis.strategies",
        "securesystemslib.dsse",
        "rocrate.rocrate",
    ):
        importlib.import_module(name)
    ours = (str(REPOSITORY / "src"), str(REPOSITORY / "tests"))
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(ours) and name != "__main__":
            del sys.modules[name]
    gc.freeze()


def measured(name: str, tests: list[str], at_most: int, before: dict[str, Any] | None) -> dict[str, Any]:
    """What the tests made of the module's faults; of those that survived ``before`` alone, if that is given."""
    path = REPOSITORY / name
    source = path.read_text(encoding="utf-8")
    every = mutants_of(path)
    chosen = sorted(random.Random(f"{SEED} {name}").sample(range(len(every)), min(at_most, len(every))))
    left = {(one["before"], one["after"]) for one in before["survivors"]} if before else set()
    if before:
        chosen = [place for place in chosen if (every[place].before, every[place].after) in left]
    whole, took = outcome(path, source, tests, None)
    if whole != "survived":
        raise SystemExit(f"{name}: without any fault the tests fail ({', '.join(tests)})")
    sys.stdout.write(f"{name}: {len(chosen)} of {len(every)} faults, {took:.1f} s for one\n")
    survivors = []
    for mutant in (every[place] for place in chosen):
        said, _ = outcome(path, mutant.code, tests, TIMES_AS_LONG * took + SECONDS_MORE)
        if said == "survived":
            survivors.append({"line": mutant.number, "before": mutant.before, "after": mutant.after})
            sys.stdout.write(f"  {mutant.number}: {mutant.before}\n  {'':>{len(str(mutant.number))}}→ {mutant.after}\n")
            sys.stdout.flush()
    tried = before["tried"] if before else len(chosen)
    return {"faults": len(every), "tried": tried, "survivors": survivors}


def page(watched: dict[str, Any], results: dict[str, Any]) -> str:
    """The part of docs/mutation.md that is written from the results and the reasons."""
    lines = [
        "| Area | Module | Faults | Tried | Noticed | Survived | of which equivalent | Noticed, % | without equivalents, % |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for area, modules in watched["areas"].items():
        there = {name: results[name] for name in modules if name in results}
        rows = []
        for name, found in there.items():
            same = sum(reason(watched, name, one).startswith("Equivalent") for one in found["survivors"])
            rows.append((f"`{short(name)}`", (found["faults"], found["tried"], len(found["survivors"]), same)))
        whole = tuple(sum(column) for column in zip(*(counts for _, counts in rows), strict=True))
        for label, (faults, tried, left, same) in [*rows, ("**together**", whole)]:
            noticed = tried - left
            shares = f"{_percent(noticed, tried)} | {_percent(noticed, tried - same)}"
            lines.append(f"| {area} | {label} | {faults} | {tried} | {noticed} | {left} | {same} | {shares} |")
    lines += ["", "## What survived", ""]
    for name, found in results.items():
        if found["survivors"]:
            lines += [f"### `{short(name)}`", ""]
            lines += [
                f"- line {one['line']}: `{one['before']}` → `{one['after']}`. {reason(watched, name, one)}"
                for one in found["survivors"]
            ]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def short(name: str) -> str:
    """A module as the tables name it."""
    return name.removeprefix("src/likvard/")


def reason(watched: dict[str, Any], name: str, survivor: dict[str, Any]) -> str:
    """Why a fault was not noticed, as ``watched.yaml`` says."""
    here = {(one["module"], one["before"], one["after"]): one["why"] for one in watched["reasons"]}
    everywhere = {one["after"]: one["why"] for one in watched["reasons_everywhere"]}
    before, after = survivor["before"], survivor["after"]
    return str(here.get((short(name), before, after)) or everywhere.get(after, "No reason is known."))


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole if whole else 100:.1f}"


def main() -> None:
    """The command."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("only", nargs="*", help="modules or areas; all, if none is named")
    words.add_argument(
        "--again", action="store_true", help="only the faults that survived last time, after tests were added"
    )
    words.add_argument("--page", action="store_true", help="only write the page anew, from the results that are there")
    asked = words.parse_args()
    os.chdir(REPOSITORY)
    watched = yaml.safe_load(WATCHED.read_text(encoding="utf-8"))
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    if not asked.page:
        warm()
    order = [name for modules in watched["areas"].values() for name in modules]
    for area, modules in watched["areas"].items():
        for name, how in modules.items():
            if asked.page or (asked.only and not {area, name, Path(name).name} & set(asked.only)):
                continue
            before = results[name] if asked.again else None
            results[name] = measured(name, how["tests"], how.get("at_most", watched["at_most"]), before)
            results = {one: results[one] for one in order if one in results}
            RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{page(watched, results)}{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
