"""The data dictionary: every table, column and code as people read it, generated from the contracts."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

from likvard.contracts.codes import CodeList
from likvard.contracts.source import Source, read_source
from likvard.contracts.table import Field, Table, Tables, read_tables
from likvard.workspace import write_atomically

FILES = ("docs/dictionary.md", "docs/dictionary.html")
INTRODUCTION = (
    "Generated from data/contracts – do not edit by hand. English first, Swedish after it. "
    "A star marks the columns that together name a row."
)
COLUMNS = ("Column", "Type", "English", "Svenska", "Class", "Rules", "Delivered by")
CODE_COLUMNS = ("Code", "English", "Svenska", "Report group", "Kind")
STYLE = (
    "body{font-family:'Source Sans 3',sans-serif;max-width:80rem;margin:2rem auto;padding:0 1rem;line-height:1.45;color:#1d1d1b}"
    "table{border-collapse:collapse;width:100%;margin:0 0 2.5rem}caption{text-align:left;font-weight:600;padding:.4rem 0}"
    "th,td{text-align:left;vertical-align:top;border-bottom:1px solid #c9c9c4;padding:.35rem .6rem .35rem 0}code{font-size:.95em}"
)

Row = tuple[str, ...]


def pages(contracts: Path) -> dict[str, str]:
    """The dictionary as Markdown and as HTML, by the file that each belongs in. Errors: ``ContractError``."""
    tables = read_tables(contracts)
    sources = [read_source(contracts, path.stem, tables) for path in sorted((contracts / "sources").glob("*.yaml"))]
    return dict(zip(FILES, (_markdown(tables, sources), _html(tables, sources)), strict=True))


def write_dictionary(root: Path) -> list[Path]:
    """The files of the dictionary below the workspace ``root``, written anew. Errors: ``ContractError``, ``CannotWriteError``."""
    written = []
    for name, text in pages(root / "data/contracts").items():
        write_atomically(root / name, text.encode())
        written.append(root / name)
    return written


def drifted(root: Path) -> list[str]:
    """The files of the dictionary that do not say what the contracts say; empty where all do."""
    found = {name: (root / name).read_text(encoding="utf-8") if (root / name).is_file() else None for name in FILES}
    return [name for name, text in pages(root / "data/contracts").items() if found[name] != text]


def _rows(table: Table, sources: Iterable[Source]) -> list[Row]:
    """One row per column of the table."""
    rows: list[Row] = []
    for name, field in table.fields.items():
        from_whom = [
            one.source for one in sources if table.name in one.tables and name in one.tables[table.name].fields
        ]
        rows.append(
            (
                name + ("*" if name in table.primary_key else ""),
                field.type + (f", {field.unit}" if field.unit else ""),
                f"{field.title}. {field.description}",
                f"{field.swedish.title}. {field.swedish.description}",
                field.data_class.replace("_", " "),
                _rules(field),
                ", ".join(from_whom) or "likvard",
            )
        )
    return rows


def _rules(field: Field) -> str:
    """What a value must keep, in a few words."""
    limits = field.constraints
    rules = ["required"] if limits.required else []
    if field.codes:
        rules.append(f"codes: {field.codes}")
    if field.period:
        rules.append("one of: " + ", ".join(grain.replace("_", " ") for grain in field.period))
    elif limits.pattern:
        rules.append(f"pattern: {limits.pattern}")
    if limits.minimum is not None:
        rules.append(f"at least {limits.minimum:g}")
    if limits.maximum is not None:
        rules.append(f"at most {limits.maximum:g}")
    if field.required_share is not None:
        rules.append(f"known for at least {field.required_share.error:.0%}, better {field.required_share.warning:.0%}")
    return "; ".join(rules)


def _code_rows(codes: CodeList) -> list[Row]:
    """One row per code, good ones first."""
    good = [(code, title["en"], title["sv"], codes.report_group[code], "good") for code, title in codes.titles.items()]
    fixable = [(code, "", "", "", f"read as {to}") for code, to in codes.replacement.items()]
    return [*good, *fixable, *((code, "", "", "", "read as missing") for code in sorted(codes.ignored))]


def _keys(table: Table) -> str:
    """The foreign keys of the table in words; empty where it has none."""
    keys = [f"{', '.join(key.fields)} → {key.reference.resource}" for key in table.foreign_keys]
    return f"Refers to: {'; '.join(keys)}." if keys else ""


def _markdown(tables: Tables, sources: list[Source]) -> str:
    lines = ["# Data dictionary · Datakatalog", "", INTRODUCTION, ""]
    for name, table in tables.items():
        lines += [
            f"## {name}",
            "",
            f"**{table.title} · {table.swedish.title}.** {table.description} {table.swedish.description}",
            "",
        ]
        lines += [
            f"Owner: {table.owner}. {_keys(table)}".strip(),
            "",
            *_markdown_table(COLUMNS, _rows(table, sources)),
            "",
        ]
    lines += ["# Code lists · Kodlistor", ""]
    for name, codes in tables.codes.items():
        lines += [f"## {name}", "", *_markdown_table(CODE_COLUMNS, _code_rows(codes)), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _markdown_table(header: Row, rows: Iterable[Row]) -> list[str]:
    shown = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return [f"| {' | '.join(header)} |", f"|{' --- |' * len(header)}", *shown]


def _html(tables: Tables, sources: list[Source]) -> str:
    body = []
    for name, table in tables.items():
        body += [
            f'<h2 id="{name}"><code>{name}</code></h2>',
            f'<p>{escape(table.title)}. {escape(table.description)} <span lang="sv">{escape(table.swedish.description)}</span></p>',
            f"<p>Owner: {escape(table.owner)}. {escape(_keys(table))}</p>",
            *_html_table(f"Columns of {name}", COLUMNS, _rows(table, sources)),
        ]
    body.append('<h2 id="codes">Code lists · <span lang="sv">Kodlistor</span></h2>')
    for name, codes in tables.codes.items():
        body += _html_table(f"Code list {name}", CODE_COLUMNS, _code_rows(codes))
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>Data dictionary of likvard</title><style>{STYLE}</style></head>",
            '<body><main><h1>Data dictionary · <span lang="sv">Datakatalog</span></h1>',
            f"<p>{escape(INTRODUCTION)}</p>",
            *body,
            "</main></body></html>\n",
        ]
    )


def _html_table(caption: str, header: Row, rows: Iterable[Row]) -> list[str]:
    swedish = header.index("Svenska")
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    lines = [f"<table><caption>{escape(caption)}</caption>", f"<thead><tr>{head}</tr></thead><tbody>"]
    for row in rows:
        first = f'<th scope="row"><code>{escape(row[0])}</code></th>'
        cells = "".join(
            f'<td lang="sv">{escape(cell)}</td>' if place == swedish else f"<td>{escape(cell)}</td>"
            for place, cell in enumerate(row[1:], 1)
        )
        lines.append(f"<tr>{first}{cells}</tr>")
    return [*lines, "</tbody></table>"]
