"""HTML of single exhibits, from their plain values, with everything escaped: the same for JupyterLab and the report."""

from collections.abc import Mapping
from html import escape
from typing import Any

from likvard.language import Language

# JupyterLab shows an exhibit without the report's style sheet; this much makes it readable there.
_LAB_STYLE = (
    ".likvard{max-width:46rem}"
    ".likvard figure{margin:1rem 0}"
    ".likvard svg{width:100%;height:auto;background:#fff}"
    ".likvard table{border-collapse:collapse}"
    ".likvard th,.likvard td{padding:.15rem .6rem;border-bottom:1px solid #d5dae0;text-align:right}"
    ".likvard th:first-child{text-align:left}"
    ".likvard .facts{display:flex;gap:2rem;list-style:none;padding:0}"
    ".likvard .facts span{display:block}"
    ".likvard .value{font-size:1.6rem;font-weight:600}"
    ".likvard td:not([data-status=shown]){color:#56606d}"
)


def lab_html(payload: Mapping[str, Any]) -> str:
    """One exhibit as a fragment that JupyterLab shows without any other style sheet."""
    return f'<div class="likvard"><style>{_LAB_STYLE}</style>{part_html(payload, Language("en"))}</div>'


def part_html(payload: Mapping[str, Any], language: Language, level: int = 3, number: str = "") -> str:
    """One part of a report as HTML; ``level`` is its heading's, ``number`` its name in the report (Figure 2)."""
    match payload["kind"]:
        case "exhibit":
            return _exhibit(payload, language, level, number)
        case "facts":
            return _facts(payload)
        case "prose":
            return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in payload["paragraphs"])
        case "definitions":
            terms = "".join(f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in payload["items"])
            return f'<dl class="definitions" id="{escape(payload["id"])}">{terms}</dl>'
        case "messages":
            return _messages(payload)
        case "nothing":
            words = language.text("This edition has no figures for this part.")
            return f"<p><em>{escape(words)}</em></p>"
        case unknown:
            raise ValueError(f"a report has no part of kind {unknown!r}")


def _exhibit(payload: Mapping[str, Any], language: Language, level: int, number: str) -> str:
    identity = escape(payload["id"])
    svg = payload["svg"]
    table = _table(payload, language)
    if svg:
        drawing = _named(svg, payload["alt"])
        label = escape(language.text("Chart: {title}", title=payload["title"]))
        body = f'<div class="chart" role="region" tabindex="0" aria-label="{label}">{drawing}</div>'
        summary = escape(language.text("Show the figures as a table"))
        twin = f"<details><summary>{summary}</summary>{table}</details>"
    else:
        body, twin = table, ""
    caption = " ".join(filter(None, [f"<b>{escape(number)}.</b>" if number else "", escape(payload["caption"])]))
    source = escape(language.text("Source: {source}", source=payload["source"])) if payload["source"] else ""
    return (
        f'<figure class="exhibit" id="{identity}"><h{level} id="{identity}-title">{escape(payload["title"])}</h{level}>'
        f'<p class="question">{escape(payload["question"])}</p>{body}'
        f'<figcaption><span>{caption}</span> <span class="source">{source}</span></figcaption>{twin}</figure>'
    )


def _named(svg: str, alt: str) -> str:
    if not svg.startswith("<svg "):
        raise ValueError("a chart is an <svg> element without prolog; draw it with likvard.report.charts")
    return f'<svg role="img" aria-label="{escape(alt)}" {svg[5:]}'


def _table(payload: Mapping[str, Any], language: Language) -> str:
    table = payload["table"]
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table["columns"])
    body = "".join(f"<tr>{_row(row)}</tr>" for row in table["rows"])
    label = escape(language.text("Table: {title}", title=payload["title"]))
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{label}">'
        f'<table id="{escape(payload["id"])}-table">'
        f"<caption>{escape(table['caption'])}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(cells: list[Mapping[str, str]]) -> str:
    first, *others = cells
    traced = "".join(
        f'<td data-status="{escape(cell["status"])}"'
        + (f' data-figure="{escape(cell["figure_id"])}"' if cell["figure_id"] else "")
        + f">{escape(cell['text'])}</td>"
        for cell in others
    )
    return f'<th scope="row">{escape(first["text"])}</th>{traced}'


def _facts(payload: Mapping[str, Any]) -> str:
    items = "".join(
        f'<li><span class="label">{escape(label)}</span> <span class="value">{escape(value)}</span> '
        f'<span class="note">{escape(note)}</span></li>'
        for label, value, note in payload["items"]
    )
    # The role keeps it a list for a screen reader when the style sheet takes the bullets away.
    return f'<ul class="facts" role="list" id="{escape(payload["id"])}">{items}</ul>'


def _messages(payload: Mapping[str, Any]) -> str:
    items = "".join(
        f'<li data-certainty="{escape(certainty)}" data-figure="{escape(figure)}"><span class="certainty">{escape(word)}</span> '
        f'<span class="message">{escape(text)}</span> <span class="ask">{escape(question)}</span></li>'
        for certainty, word, text, question, figure in payload["items"]
    )
    note = f'<p class="note"><a href="{escape(payload["note_href"])}">{escape(payload["note"])}</a></p>'
    return f'<ul class="messages" role="list" id="{escape(payload["id"])}">{items}</ul>{note}'
