"""The way back from a figure as a picture: a box for each step, from the page at the top to the software at the bottom."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from html import escape

from likvard.audit.trace import Step
from likvard.language import Language
from likvard.report.style import ACCENT, FAMILY, INK, QUIET, TINT, content_policy, page_template, style_sheet

WIDTH, MARGIN, GAP, LINE, HEAD = 760, 8, 26, 16, 24
LETTERS_IN_A_LINE = 112
MOST_LINES = 7


def as_svg(steps: Sequence[Step], title: str) -> str:
    """The steps as one SVG picture; what does not fit into a box is in the text and the JSON."""
    parts, top = [], MARGIN
    for number, step in enumerate(steps, start=1):
        lines = _lines(step)
        height = HEAD + LINE * len(lines) + MARGIN
        if number > 1:
            parts.append(_arrow(top - GAP, top))
        parts.append(
            f'<rect x="{MARGIN}" y="{top}" width="{WIDTH - 2 * MARGIN}" height="{height}" rx="4" fill="{TINT}" stroke="{ACCENT}"/>'
            f'<text x="{MARGIN + 12}" y="{top + 18}" font-size="14" font-weight="600" fill="{INK}">'
            f"{number}. {escape(step.title)}</text>"
        )
        for place, line in enumerate(lines, start=1):
            parts.append(
                f'<text x="{MARGIN + 12}" y="{top + HEAD + LINE * place - 4}" font-size="12" fill="{QUIET}">{escape(line)}</text>'
            )
        top += height + GAP
    height = top - GAP + MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" font-family="{FAMILY}, sans-serif">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


def as_page(steps: Sequence[Step], title: str, edition_label: str, language: Language) -> str:
    """The picture and, below it, every step in full, as one HTML page without outside resources."""
    return page_template("trace.html.j2").render(
        title=title,
        edition_label=edition_label,
        steps=steps,
        picture=as_svg(steps, title),
        language=language.code,
        text=language.text,
        style=style_sheet(),
        policy=content_policy(style_sheet()),
    )


def _lines(step: Step) -> list[str]:
    """The step's facts as lines; short ones stand beside each other."""
    stretches: list[str] = []
    room = False
    for told in (f"{label}: {text}" for label, text in step.facts):
        short = len(told) < LETTERS_IN_A_LINE // 3
        if short and room:
            stretches[-1] += f" · {told}"
        else:
            stretches.append(told)
        room = short
    whole = [line for one in stretches for line in textwrap.wrap(one, LETTERS_IN_A_LINE, subsequent_indent="   ")]
    return whole if len(whole) <= MOST_LINES else [*whole[: MOST_LINES - 1], f"… (+{len(whole) - MOST_LINES + 1})"]


def _arrow(top: float, bottom: float) -> str:
    middle = WIDTH / 2
    return (
        f'<path d="M{middle} {top}V{bottom - 6}" stroke="{ACCENT}" stroke-width="1.5"/>'
        f'<path d="M{middle - 5} {bottom - 8}L{middle} {bottom}L{middle + 5} {bottom - 8}Z" fill="{ACCENT}"/>'
    )
