"""What every printed figure of an edition is, in so few bytes that the index page can hold it: an id leads to the reports."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import unescape
from typing import Any

from likvard.indicators.record import EVERYONE
from likvard.language import Language
from likvard.report.content.frames import records
from likvard.report.released import Released
from likvard.report.view import Report, open_report

FIGURE = re.compile(r' data-figure="([a-z2-7]{10})"(?:>([^<]+)</td>)?')
"""Where a page prints a figure: its id and, in a table, what stands there."""
PLACE = "figure-"
"""What the address of a figure within its report begins with; after it stands the id."""
WHAT = ["indicator", "period", "measure", "group_by", "group", "reference"]


def with_places(page: str) -> str:
    """The page of a report, where each figure can be linked to: at the first place where it stands, under its id."""
    seen: set[str] = set()

    def named(found: re.Match[str]) -> str:
        if found[1] in seen:
            return found[0]
        seen.add(found[1])
        return f' id="{PLACE}{found[1]}"{found[0]}'

    return FIGURE.sub(named, page)


def look_up(released: Released, language: Language, edition: str, pages: Iterable[tuple[str, str]]) -> str:
    """JSON that tells of each figure on the ``pages`` (the address and the text of each report) what it is and where it stands.

    One row per figure, in the order of units. ``ids`` are ten letters a row; ``what`` is its number among ``whats`` (definition,
    period, group, measure); ``states`` one letter a row, which ``decisions`` explains; ``units`` tells how many rows are about
    each; a report's rows are from–to in pairs. Nothing is in it that the pages do not print.
    """
    import pandas as pd

    say = language.text
    printed = pd.DataFrame(
        [(address, *found) for address, page in pages for found in FIGURE.findall(page)],
        columns=["report", "figure_id", "text"],
    ).drop_duplicates(ignore_index=True)
    overview = open_report("overview", "all", language=language.code, released=released)
    rows = released.figures_where(figure_id=set(printed["figure_id"]))
    rows = rows.sort_values(["unit_kind", "unit_id", *WHAT], kind="stable", ignore_index=True)
    what = rows.groupby(WHAT, sort=True).ngroup()
    whats = rows.assign(what=what).drop_duplicates("what").sort_values("what")
    definitions = sorted(whats["indicator"].unique())
    states = pd.Categorical(rows["status"])
    cells = printed.loc[printed["text"] != "", ["figure_id", "text"]].drop_duplicates()
    texts = cells.groupby("figure_id")["text"].agg(" · ".join)
    runs: Any = rows.groupby(["unit_kind", "unit_id"], sort=False).size().reset_index().itertuples(index=False)
    place = pd.Series(rows.index, index=rows["figure_id"])
    told = {
        "edition": edition,
        "place": PLACE,
        "labels": [
            *(say("As printed"), say("Unit"), say("Printed in"), say("Period"), say("Group"), say("What it is")),
            *(say("Protection"), say("Definition"), say("Version"), say("Source"), say("All the way back")),
        ],
        "ids": "".join(rows["figure_id"]),
        "what": what.tolist(),
        "states": bytes(states.codes + ord("a")).decode(),
        "decisions": [decision_in_words(one, language) for one in states.categories],
        "printed": [unescape(str(one)) for one in texts.reindex(rows["figure_id"], fill_value="")],
        "units": [[unit_name(released, kind, unit_id, language), count] for kind, unit_id, count in runs],
        "whats": [[definitions.index(row.indicator), *what_in_words(overview, row)] for row in records(whats)],
        "definitions": [_definition(overview, name) for name in definitions],
        "reports": [
            [address, _title(released, str(address)), _in_pairs(sorted(place[ids.unique()]))]
            for address, ids in printed.groupby("report", sort=False)["figure_id"]
        ],
    }
    # An id, a name or a text could otherwise end the element that the JSON stands in.
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def what_in_words(report: Report, row: Any) -> tuple[str, str, str]:
    """Period, group and measure of a figure, as a reader would say them."""
    say, groups = report.say, report.released.edition["groups"]
    group = "" if row.group_by == EVERYONE else report.group_title(row.group_by, row.group)
    against = row.reference
    if row.group_by in groups and against in groups[row.group_by]["titles"]:
        against = report.group_title(row.group_by, against)
    against = report.periods.get(against, against)
    if against:
        group = say("{group}, against {other}", group=group or say("all"), other=against)
    return (
        report.periods.get(row.period, row.period),
        group or say("all"),
        measure_in_words(row.measure, report.language),
    )


def measure_in_words(measure: str, language: Language) -> str:
    """What a figure measures of its indicator."""
    say = language.text
    return {
        "level": say("value"),
        "gap": say("difference between groups"),
        "ratio": say("ratio between groups"),
        "change": say("change over time"),
        "published": say("published value"),
        "effect_size": say("difference in standard deviations"),
        "not_reaching_risk": say("risk of not reaching, against the other group"),
        "icc": say("share of all variation that lies between schools"),
        "dissimilarity": say("dissimilarity index"),
        "dissimilarity_by_chance": say("dissimilarity index that chance alone would give"),
        "dissimilarity_debiased": say("dissimilarity index beyond chance"),
        "gradient_slope": say("slope of the social gradient"),
        "gradient_strength": say("strength of the social gradient"),
        "gradient_within": say("social gradient within schools"),
        "gradient_between": say("social gradient between schools"),
        "gradient_compositional": say("social gradient of the school's composition"),
        "beyond_expected": say("difference from what is expected"),
        "beyond_expected_drawn": say("difference from what is expected, drawn towards nothing"),
        "real_change": say("change with the same pupil intake"),
        "intake_change": say("change that comes of another pupil intake"),
        "against_need": say("difference where needs are greater"),
        "follow_up": say("change since the decision, beyond other schools'"),
        "persistent_gap": say("difference that persists"),
        "response_rate": say("response rate"),
        "if_all_had_answered": say("value if everybody had answered"),
    }[measure]


def decision_in_words(status: str, language: Language) -> str:
    """What was decided about showing a figure."""
    say = language.text
    return {
        "shown": say("The figure is shown."),
        "rounded": say("The figure is shown rounded."),
        "held_back": say(
            "The figure is held back: it is about too few persons, or another figure that is held back could be worked out from it."
        ),
        "too_few": say("Its publisher does not show it."),
        "protects_another": say("Its publisher does not show it."),
        "missing": say("There is no data for it."),
        "not_applicable": say("There is nobody that it could be about."),
        "not_yet": say("There is nothing to tell yet."),
    }[status]


def unit_name(released: Released, kind: str, unit_id: str, language: Language) -> str:
    """The name of the unit that a figure is about; of one that is larger than the edition, its id."""
    unit = released.units.get((kind, unit_id))
    if unit is None:
        return language.text("the country") if kind == "country" else unit_id
    return unit.name


def _definition(report: Report, name: str) -> list[Any]:
    found, code = report.definitions[name], report.language.code
    return [
        found["title"][code],
        found["version"],
        f"{found['text'][code]} {found['counts'][code]}",
        str(found["source"]),
    ]


def _title(released: Released, address: str) -> str:
    kind, _, name = address.partition("/")
    return released.unit(kind, name.removesuffix(".html")).name


def _in_pairs(places: list[int]) -> list[int]:
    """Ascending numbers as the first and the last of each unbroken run, one after the other."""
    import numpy as np

    runs = np.split(np.asarray(places), np.flatnonzero(np.diff(places) != 1) + 1)
    return [int(end) for run in runs for end in (run[0], run[-1])]
