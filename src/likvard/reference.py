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
from likvard.indicators.registry import Definition, read_registry
from likvard.params import Params
from likvard.workspace import Workspace

NOTICE = "<!-- Written by `make docs`. Do not edit. -->\n\n"


def pages(workspace: Workspace) -> dict[str, str]:
    """The text of each page by its file name below ``docs/``."""
    return {
        "commands.md": NOTICE + commands_page(),
        "params.md": NOTICE + params_page(),
        "definitions.md": NOTICE + definitions_page(read_registry(workspace.contracts)),
    }


def commands_page() -> str:
    """Every command with its help, and every exit code with its meaning."""
    parts = ["# Commands and exit codes\n", _help(likvard, "likvard")]
    for name, command in sorted(likvard.commands.items()):
        parts.append(_help(command, f"likvard {name}"))
        if isinstance(command, click.Group):
            parts += [_help(one, f"likvard {name} {act}") for act, one in sorted(command.commands.items())]
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


def definitions_page(registry: dict[str, Definition]) -> str:
    """Every indicator of the registry, in English and Swedish."""
    parts = [
        "# Indicators\n\nFrom `data/contracts/indicators/`. How they are computed: [indicators.md](indicators.md).\n"
    ]
    for found in registry.values():
        parts.append(
            f"## {found.title.en}\n\n`{found.id}`, version {found.version} · {found.kind} · {found.unit.en}\n\n"
            f"{found.text.en}\n\nCounts: {found.counts.en}\n\n"
            f"*{found.title.sv}.* {found.text.sv} {found.counts.sv}\n\nSource: {found.source}\n"
        )
    return "\n".join(parts)


if __name__ == "__main__":
    here = Workspace.find()
    for name, text in pages(here).items():
        (here.root / "docs" / name).write_text(text, encoding="utf-8")
    write_dictionary(here.root)
