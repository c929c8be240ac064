"""The reference pages under ``docs/``, written from the code and the contracts so that they cannot drift.

``python -m likvard.reference`` writes them (``make docs``); a test fails when they are not what it writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
from pydantic import BaseModel

from likvard import errors
from likvard.cli import likvard
from likvard.contracts.dictionary import write_dictionary
from likvard.indicators.registry import (
    Definition,
    Purposes,
    fingerprint,
    read_purposes,
    read_registry,
    read_versions,
)
from likvard.params import Params
from likvard.workspace import Workspace

NOTICE = "<!-- Written by `make docs`. Do not edit. -->\n\n"


def pages(workspace: Workspace) -> dict[str, str]:
    """The text of each page by its file name below ``docs/``."""
    return {
        "commands.md": NOTICE + commands_page(),
        "params.md": NOTICE + params_page(),
        "definitions.md": NOTICE
        + definitions_page(read_registry(workspace.contracts), read_purposes(workspace.contracts)),
    }


def commands_page() -> str:
    """Every command with its help, and every exit code with its meaning."""
    parts = ["# Commands and exit codes\n", _help(likvard, "likvard")]
    for name, command in sorted(likvard.commands.items()):
        parts.append(_help(command, f"likvard {name}"))
        within = command.commands.items() if isinstance(command, click.Group) else ()
        parts += [_help(inner, f"likvard {name} {inner_name}") for inner_name, inner in sorted(within)]
    rows = "\n".join(f"| {code} | {meaning} |" for code, meaning in sorted(exit_codes().items()))
    return "\n".join(parts) + f"\n## Exit codes\n\n| code | meaning |\n|---|---|\n{rows}\n"


def _help(command: click.Command, name: str) -> str:
    context = click.Context(command, info_name=name, max_content_width=100, terminal_width=100)
    return f"## `{name}`\n\n```console\n$ {name} --help\n{command.get_help(context)}\n```\n"


def exit_codes() -> dict[int, str]:
    """What each exit code means."""
    own = {
        kind.exit_code: str(kind.__doc__).split("\n", maxsplit=1)[0]
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.LikvardError) and kind is not errors.LikvardError
    }
    usual = {0: "Done.", 1: "A fault in likvard itself.", 2: "The command was used wrongly.", 130: "Interrupted."}
    return own | usual


def params_page() -> str:
    """Every key of params.yaml."""
    rows = "\n".join(f"| `{key}` | {kind} | {meaning} |" for key, kind, meaning in _keys(Params))
    return (
        "# params.yaml\n\nThe decisions for an edition. An unknown key, a missing key and a value of the wrong kind are errors "
        f"(exit code {errors.ParamsError.exit_code}).\n\n| key | value | meaning |\n|---|---|---|\n{rows}\n"
    )


def _keys(model: type[BaseModel], before: str = "") -> Iterator[tuple[str, str, str]]:
    for name, field in model.model_fields.items():
        inner: Any = field.annotation
        within = before + name
        if getattr(inner, "__origin__", None) is dict:
            yield within, "names", str(field.description)
            yield from _keys(inner.__args__[1], f"{within}.<name>.")
        elif isinstance(inner, type) and issubclass(inner, BaseModel):
            yield within, "keys", str(field.description)
            yield from _keys(inner, f"{within}.")
        else:
            yield within, _kind(inner), str(field.description)


def _kind(annotation: Any) -> str:
    choices = getattr(annotation, "__args__", ())
    if choices:
        return " or ".join(f"`{choice}`" for choice in choices)
    return {str: "text", int: "whole number", float: "number", bool: "true or false"}[annotation]


def definitions_page(registry: dict[str, Definition], purposes: Purposes) -> str:
    """Every indicator of the registry, in English and Swedish, with the concept and the goal that it serves."""
    parts = [
        "# Indicators\n\nFrom `data/contracts/indicators/`. How they are computed: [indicators.md](indicators.md). Each speaks "
        "about one of UNESCO's concepts of equity and serves a goal (`data/contracts/goals.yaml`). A definition that changes gets "
        "a new version: a test compares each with `data/contracts/indicator_versions.txt`.\n"
    ]
    for kind, named in (("concept", purposes.concepts), ("goal", purposes.goals)):
        rows = "\n".join(
            f"| {one.title.en} | {one.title.sv} | {one.text.en} | {one.text.sv} |" for one in named.values()
        )
        parts.append(f"| {kind} | på svenska | | |\n|---|---|---|---|\n{rows}\n")
    for found in registry.values():
        parts.append(
            f"## {found.title.en}\n\n`{found.id}`, version {found.version} · {found.kind} · {found.unit.en} · "
            f"{purposes.concepts[found.concept].title.en} · {purposes.goals[found.goal].title.en}\n\n"
            f"{found.text.en}\n\nCounts: {found.counts.en}\n\n"
            f"*{found.title.sv}.* {found.text.sv} {found.counts.sv}\n\nSource: {found.source}\n"
        )
    return "\n".join(parts)


def versions_page(registry: dict[str, Definition], known: dict[tuple[str, int], str]) -> str:
    """The fingerprint of every version of every indicator; a version that is known keeps the one it had."""
    now = {(found.id, found.version): fingerprint(found) for found in registry.values()}
    lines = [f"{name} {version} {digest}" for (name, version), digest in sorted((now | known).items())]
    return "# Written by `make docs`: what each version of each indicator says, as SHA-256.\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    here = Workspace.find()
    versions = here.contracts / "indicator_versions.txt"
    versions.write_text(versions_page(read_registry(here.contracts), read_versions(versions)), encoding="utf-8")
    for name, text in pages(here).items():
        (here.root / "docs" / name).write_text(text, encoding="utf-8")
    write_dictionary(here.root)
