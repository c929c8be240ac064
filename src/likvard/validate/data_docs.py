"""Great Expectations' Data Docs as pages that open from disk and ask nothing of the network."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

from likvard.validate.told import Told
from likvard.workspace import write_atomically

# What the pages of Great Expectations fetch from six hosts: scripts, style sheets, icons and their logo.
OUTSIDE = re.compile(
    r"<script\b.*?</script>|<script\b[^>]*/>|<link\b[^>]*>|<img\b[^>]*>"
    r"|<ol class=.ge-breadcrumbs.*?</ol>|<footer\b.*?</footer>",
    re.DOTALL,
)
POLICY = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
STYLE = """<style>
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem }
body { color: #1c1c1c; background: #fff }
table { border-collapse: collapse; width: 100% }
td, th { border-bottom: 1px solid #ccc; padding: .3rem .6rem; text-align: left; vertical-align: top }
a { color: #0b4f8a } ul { padding-left: 1.2rem } .cooltip .top, .card:has(.btn-group) { display: none }
.fa-check-circle::before { content: "✓" } .fa-times::before { content: "✗" }
.fa-exclamation-triangle::before { content: "!" }
.text-success { color: #14602a; font-style: normal } .text-danger { color: #a3140f; font-style: normal }
</style>"""


def write_data_docs(tables: Iterable[Told], folder: Path) -> None:
    """One page per table as Great Expectations renders its result, and ``index.html`` that links them."""
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
    from great_expectations.render.view import DefaultJinjaPageView

    entries = []
    for told in tables:
        name, title = told.table.name, told.table.title
        page = DefaultJinjaPageView().render(ValidationResultsPageRenderer().render(told.suite_result))
        write_atomically(folder / f"{name}.html", self_contained(page, title).encode())
        failed = sum(check.result == "failed" for check in told.checks)
        entries.append(
            f'<tr><td><a href="{escape(name)}.html">{escape(title)}</a></td>'
            f"<td>{len(told.checks)}</td><td>{failed}</td></tr>"
        )
    write_atomically(folder / "index.html", index_page(entries).encode())


def self_contained(page: str, title: str) -> str:
    """The page without scripts and outside resources, in a plain style of its own, with a way back to the index."""
    page = OUTSIDE.sub("", page)
    # Links into the rest of a full Data Docs site, which is not written, lead nowhere.
    page = re.sub(r'<a href="(?!#)[^"]*"[^>]*>(.*?)</a>', r"\1", page, flags=re.DOTALL)
    page = re.sub(r"url\(['\"]?https?:[^)]*\)", "none", page)
    page = re.sub(r"<title>.*?</title>", "", page, flags=re.DOTALL)
    page = page.replace("<html>", '<html lang="en">', 1)
    page = page.replace("<head>", f"<head>\n{POLICY}\n<title>{escape(title)} – Data Docs</title>", 1)
    page = page.replace("</head>", f"{STYLE}\n</head>", 1)
    return page.replace("<body>", f'<body>\n<p><a href="index.html">All tables</a></p>\n<h1>{escape(title)}</h1>', 1)


def index_page(entries: Iterable[str]) -> str:
    """The page that links the tables."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head>\n{POLICY}\n<meta charset="utf-8">\n'
        f"<title>Data Docs</title>\n{STYLE}\n</head>\n"
        "<body><h1>Data Docs</h1>\n<p>What Great Expectations found in the staged tables. For what to do about it, see "
        "data/quality/checks.csv and failing_rows.csv.</p>\n"
        "<table><thead><tr><th>Table</th><th>Checks</th><th>Failed</th></tr></thead><tbody>\n"
        + "\n".join(entries)
        + "\n</tbody></table></body></html>\n"
    )
