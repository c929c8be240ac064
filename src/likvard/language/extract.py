"""The translatable blocks of a notebook's markdown, for Babel's extraction and for the renderers alike.

One block is one message: a heading line, a paragraph or a list item, without its ``##`` or ``-`` mark. A translator
sees a sentence, never a whole cell, and a changed sentence does not undo the translation of its neighbours.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any

_MARK = re.compile(r"(?P<mark>\s*(?:#{1,6}|[-*+]|\d+[.)])\s+)(?P<text>.*)", re.DOTALL)


def markdown_blocks(source: str) -> Iterator[tuple[str, str]]:
    """The blocks of a markdown text in order, each as (leading mark, text); an empty text keeps a blank line."""
    lines: list[str] = []
    for line in [*source.split("\n"), ""]:
        starts_block = _MARK.fullmatch(line) is not None
        if lines and (starts_block or not line.strip()):
            yield _block(lines)
            lines = []
        if not line.strip():
            yield "", ""
        elif line.lstrip().startswith("#"):
            yield _block([line])
        else:
            lines.append(line)


def translated_markdown(source: str, text: Callable[[str], str]) -> str:
    """The markdown with every block put through ``text`` (for example ``Language("sv").text``)."""
    return "\n".join(mark + (text(block) if block else "") for mark, block in markdown_blocks(source)).strip("\n")


def extract_notebook(
    fileobj: IO[bytes], keywords: Sequence[str], comment_tags: Sequence[str], options: dict[str, Any]
) -> Iterator[tuple[int, str, str, list[str]]]:
    """The messages of a notebook as Babel wants them: (cell number, function name, message, comments)."""
    notebook = json.loads(fileobj.read().decode("utf-8"))
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] != "markdown":
            continue
        for _, block in markdown_blocks("".join(cell["source"])):
            if block:
                yield number, "", block, []


def _block(lines: list[str]) -> tuple[str, str]:
    joined = " ".join([lines[0].rstrip(), *(line.strip() for line in lines[1:])])
    found = _MARK.fullmatch(joined)
    return (found["mark"], found["text"].strip()) if found else ("", joined.strip())
