"""The stage ``validate``: the staged tables are judged by their contracts."""

from __future__ import annotations

import json
import re
from importlib.metadata import version

from likvard.contracts import read_delivered, read_source, read_tables
from likvard.contracts.rules import read_rules
from likvard.language import Language
from likvard.params import Params
from likvard.report.quality import render_quality
from likvard.rules import read_scales
from likvard.sender_rows import SenderRows
from likvard.validate.data_docs import write_data_docs
from likvard.validate.findings import in_their_order
from likvard.validate.judge import judge
from likvard.validate.page import quality_page, write_page
from likvard.validate.results import gate_closed, let_through, quality_result, write_quality
from likvard.validate.rules_of_contract import judgeable_tables, register_of_schools
from likvard.validate.senders import letters_of, workbooks, write_letters
from likvard.validate.telling import Telling
from likvard.validate.told import told
from likvard.waivers import read_waivers
from likvard.workspace import Workspace, write_atomically, writing_folder


def run(workspace: Workspace, params: Params) -> None:
    """``data/quality`` with every check and every row at fault, and Data Docs; the gate is open where it returns.

    Errors: ``QualityGateClosedError`` where an error-level check failed. The results are in their place by then: DVC
    clears the outputs of a stage before it runs and leaves them as they are when it fails, so the list can be read,
    while nothing later in the flow has been touched.
    """
    known = read_tables(workspace.contracts)
    source = read_source(workspace.contracts, params.source, known)
    rules = read_rules(workspace.contracts, known)
    tables = read_delivered(workspace.contracts, params.source)
    expected = {name: mapped.expected_in for name, mapped in source.tables.items()}
    paths = {name: workspace.staged / tables[name].path for name in sorted(source.every_table)}
    deliveries = workspace.staged / "deliveries.json"
    taken_in = json.loads(deliveries.read_text(encoding="utf-8"))["origins"] if deliveries.is_file() else {}
    # What others put beside the source's own deliveries, or what is not due yet, may not be there at all.
    due = {name for name in source.tables if not taken_in or any(re.fullmatch(expected[name], one) for one in taken_in)}
    staged = {name: workspace.made_by("ingest", path) for name, path in paths.items() if name in due or path.is_file()}
    language = Language(params.language)
    senders, readers = Telling(language), Telling(language, params.disclosure.min_count)
    judged = judge(judgeable_tables(staged, tables, expected, rules, params.edition, read_scales(workspace.contracts)))
    tables_told = list(told(judged, source, senders, readers, register_of_schools(staged, tables)))
    found = [check for one in tables_told for check in one.checks]
    checks, waivers = let_through(found, read_waivers(workspace.waivers), params.edition)
    rows = in_their_order(rows for one in tables_told for rows in one.rows)
    not_judged = [rule for one in tables_told for rule in one.not_judged]
    result = quality_result(checks, not_judged, version("great_expectations"), waivers)
    with writing_folder(workspace.data_docs) as folder:
        write_data_docs(tables_told, folder)
    with writing_folder(workspace.quality) as folder:
        write_quality(result, rows, folder)
        letters = letters_of([check for one in tables_told for check in one.to_senders], tables, source)
        for name, content in workbooks(rows, letters, SenderRows(taken_in), language).items():
            write_atomically(folder / name, content)
        write_letters(letters, folder)
        page = quality_page(tables_told, result, readers, params.edition)
        write_page(page, folder)
        write_atomically(folder / "quality.html", render_quality(page, language, params.municipality).encode())
    if result.errors:
        raise gate_closed(result, rows, params.edition)
    named = f"{len(result.warnings)} {'warning' if len(result.warnings) == 1 else 'warnings'}"
    print(f"validate: the gate is open; {len(checks)} checks of {len(staged)} tables, {named}")  # noqa: T201
