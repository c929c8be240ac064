"""An executed notebook read as a document: sections of text blocks and exhibits, ready for HTML and PDF alike.

Both forms come from this one reading, so that they cannot differ in content.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import nbformat

from likvard.language import Language
from likvard.language.extract import translated_markdown
from likvard.report.exhibit import MIME_TYPE

Run = dict[str, Any]
"""A stretch of text: {"text", "strong", "emphasis", "href"}."""

_SAFE_LINK = re.compile(r"(https?://|mailto:|#|[\w./-]+$)", re.ASCII)


@dataclass
class Section:
    """A part of the report under one second-level heading (or none, before the first) with its blocks in order.

    Blocks: {"kind": "paragraph" | "heading", "runs"}, {"kind": "list", "items", "ordered"}, or a part's own payload
    with its "number" in the report ("Figure 2") and the "level" of its heading.
    """

    title: str
    id: str
    blocks: list[dict[str, Any]] = field(default_factory=list)


def read_document(notebook: nbformat.NotebookNode, language: Language) -> tuple[Section, ...]:
    """The sections of an executed notebook, texts translated, figures and tables numbered, code and empty sections left out.

    A first-level heading is left out too: the report's title comes from its meta. An output that is not an exhibit is a
    ``ValueError``, since it would appear in JupyterLab and be missing from the report.
    """
    sections = [Section("", "start")]
    counts = {"figure": 0, "table": 0}
    for position, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown":
            for block in _text_blocks(translated_markdown(cell.source, language.text)):
                if block["kind"] == "heading" and block["level"] == 1:
                    continue
                if block["kind"] == "heading" and block["level"] == 2:
                    title = "".join(run["text"] for run in block["runs"])
                    sections.append(Section(title, _slug(title, {section.id for section in sections})))
                else:
                    sections[-1].blocks.append(block)
        elif cell.cell_type == "code":
            for payload in _payloads(cell, position):
                if payload["kind"] == "nothing":
                    continue
                level = 3 if sections[-1].title else 2
                sections[-1].blocks.append({**payload, "level": level, "number": _number(payload, counts, language)})
    return tuple(section for section in sections if section.blocks)


def _payloads(cell: Mapping[str, Any], position: int) -> Iterator[dict[str, Any]]:
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            continue  # progress and warnings belong to the run, not to the reader
        if output["output_type"] == "error":
            raise ValueError(
                f"cell {position} failed with {output['ename']}; run the notebook again before it is shown"
            )
        if MIME_TYPE not in output["data"]:
            raise ValueError(
                f"cell {position} shows {', '.join(sorted(output['data']))}; a report shows only exhibits"
                " (likvard.report.exhibit). End the line with ; or make it an exhibit"
            )
        yield dict(output["data"][MIME_TYPE])


def _number(payload: Mapping[str, Any], counts: dict[str, int], language: Language) -> str:
    if payload["kind"] != "exhibit":
        return ""
    if payload["svg"] is None:
        counts["table"] += 1
        return language.text("Table {number}", number=counts["table"])
    counts["figure"] += 1
    return language.text("Figure {number}", number=counts["figure"])


def _text_blocks(source: str) -> Iterator[dict[str, Any]]:
    import mistune

    tokens = mistune.create_markdown(renderer=None)(source)
    for token in tokens:
        match token["type"]:  # type: ignore[index, unused-ignore]
            case "heading":
                yield {"kind": "heading", "level": token["attrs"]["level"], "runs": _runs(token)}  # type: ignore[index, unused-ignore]
            case "list":
                ordered = bool(token["attrs"]["ordered"])  # type: ignore[index, unused-ignore]
                yield {"kind": "list", "ordered": ordered, "items": [_runs(item) for item in token["children"]]}  # type: ignore[index, unused-ignore]
            case "blank_line" | "thematic_break":
                continue
            case _:  # paragraphs, and whatever a template should not hold (raw HTML, code), as its literal text
                yield {"kind": "paragraph", "runs": _runs(token)}


def _runs(token: Any, strong: bool = False, emphasis: bool = False, href: str = "") -> list[Run]:
    runs: list[Run] = []
    for child in token.get("children", ()):
        kind = child["type"]
        if kind == "link":
            address = child["attrs"]["url"]
            runs += _runs(child, strong, emphasis, address if _SAFE_LINK.match(address) else "")
        elif "children" in child:
            runs += _runs(child, strong or kind == "strong", emphasis or kind == "emphasis", href)
        else:
            text = " " if kind in ("softbreak", "linebreak") else child.get("raw", "")
            runs.append({"text": text, "strong": strong, "emphasis": emphasis, "href": href})
    if not runs and token.get("raw"):
        runs.append({"text": token["raw"].strip(), "strong": strong, "emphasis": emphasis, "href": href})
    return runs


def _slug(title: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFD", title.casefold()).encode("ascii", "ignore").decode("ascii")
    base = "section-" + (re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "x")
    slug, count = base, 1
    while slug in taken:
        count += 1
        slug = f"{base}-{count}"
    return slug
