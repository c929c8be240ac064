"""A made-up but plausible school report, small enough to read, used by the tests and for looking at the pages."""

import nbformat
import pandas as pd
from nbformat import v4

from likvard.language import Language
from likvard.report import charts
from likvard.report.exhibit import Cell, Definitions, Exhibit, Facts, Prose, Table
from likvard.report.meta import ReportMeta

PERIODS = ("1985/86", "1986/87", "1987/88", "1988/89")
SERIES = ("School 63", "Area 12", "All schools")
TOO_FEW = {"en": "too few", "sv": "för få"}
TEXTS = {
    "Reading": "Läsning",
    "Mathematics": "Matematik",
    "Grade 3, scale points": "Årskurs 3, skalpoäng",
    "Free lunch": "Fri lunch",
    "Girls": "Flickor",
    "Minority ethnicity": "Etnisk minoritet",
    "not free lunch": "ej fri lunch",
    "boys": "pojkar",
    "majority": "majoritet",
    "Average": "Medelvärde",
    "School 63": "Åsö grundskola",
    "Area 12": "Område 12",
    "All schools": "Alla skolor",
}


def say(text: str, code: str) -> str:
    """The sample's own text in a language."""
    return TEXTS.get(text, text) if code == "sv" else text


def interval(value: float, half: float, hidden: bool, code: str) -> dict[str, object]:
    """A value with ``half`` an interval on each side of it, or the word in its place."""
    low, middle, high = [float("nan")] * 3 if hidden else (value - half, value, value + half)
    told = {"status": "too_few", "label": TOO_FEW[code]} if hidden else {"status": "shown", "label": ""}
    return {"value": middle, "low": low, "high": high, **told}


def levels(code: str = "en") -> pd.DataFrame:
    """Values with intervals by panel, row and series; the smallest group of the school is hidden."""
    rows = []
    for p, panel in enumerate(("Reading", "Mathematics")):
        for r, row in enumerate(("Free lunch", "Girls", "Minority ethnicity")):
            for s, series in enumerate(SERIES):
                value, half = 598.4 + 9.3 * r + 14.2 * p + 6.1 * s, (15.8, 7.3, 1.4)[s]
                hidden = row == "Minority ethnicity" and s == 0
                rows.append(
                    {
                        "panel": say(panel, code),
                        "row": say(row, code),
                        "series": say(series, code),
                        **interval(value, half, hidden, code),
                    }
                )
    return pd.DataFrame(rows)


def gaps(code: str = "en") -> pd.DataFrame:
    """Three groups against their reference groups, one of them hidden."""
    known = (
        ("Free lunch", "Free lunch", "not free lunch", 598.4, 621.9, -23.5, -39.1, -7.9, "shown"),
        ("Girls", "Girls", "boys", 614.2, 606.6, 7.6, -5.5, 20.7, "shown"),
        ("Minority ethnicity", "Minority ethnicity", "majority", *[float("nan")] * 5, "too_few"),
    )
    columns = ["row", "group", "reference", "group_value", "reference_value", "gap", "low", "high", "status"]
    frame = pd.DataFrame(known, columns=columns)
    for column in ("row", "group", "reference"):
        frame[column] = [say(text, code) for text in frame[column]]
    return frame.assign(label=[TOO_FEW[code] if status == "too_few" else "" for status in frame["status"]])


def periods(code: str = "en", count: int = 2) -> pd.DataFrame:
    """Values over four school years by panel and series; the school has no figure in the second."""
    rows = []
    for p, panel in enumerate(("Reading", "Mathematics", "Average")[:count]):
        for s, series in enumerate(SERIES):
            for t, period in enumerate(PERIODS):
                value, half = 436.8 + 55.4 * t - 4 * t * t + 9.0 * p + 8.2 * s, (18.0, 8.0, 1.5)[s]
                hidden = s == 0 and t == 1
                rows.append(
                    {
                        "panel": say(panel, code),
                        "period": period,
                        "series": say(series, code),
                        **interval(value, half, hidden, code),
                    }
                )
    return pd.DataFrame(rows)


def shares(code: str = "en") -> pd.DataFrame:
    """Who the pupils are: three shares of the school, its area and all."""
    frame = levels(code).query(f"panel == '{say('Reading', code)}'").reset_index(drop=True)
    frame["value"] = [0.62, 0.51, 0.48, 0.47, 0.49, 0.486, float("nan"), 0.31, 0.33]
    half = [0.11, 0.04, 0.01, 0.12, 0.04, 0.01, float("nan"), 0.03, 0.01]
    frame["low"], frame["high"] = frame["value"] - half, frame["value"] + half
    return frame.assign(panel="")


def units(count: int) -> pd.DataFrame:
    """So many schools with a value each; every ninth is hidden."""
    rows = []
    for number in range(1, count + 1):
        hidden = number % 9 == 0
        name = "Åsö grundskola" if number == 2 else f"School {number}"
        value, half = 610 + (number * 37 % 23 - 11) * 2.1, 8 + number % 5 * 2
        rows.append(
            {
                "row": name,
                "value": float("nan") if hidden else value,
                "low": float("nan") if hidden else value - half,
                "high": float("nan") if hidden else value + half,
                "status": "too_few" if hidden else "shown",
                "label": "too few" if hidden else "",
            }
        )
    return pd.DataFrame(rows)


def twin(frame: pd.DataFrame, language: Language, percent: bool = False, caption: str = "") -> Table:
    """The data table of a frame of levels or periods: rows down, series across."""
    row_name = "row" if "row" in frame else "period"
    series = list(dict.fromkeys(frame["series"]))
    rows = []
    for (panel, row), part in frame.groupby(["panel", row_name], sort=False):
        cells = [Cell(f"{panel}, {row}" if panel else str(row))]
        for record in part.to_dict("records"):
            shown = record["status"] == "shown"
            write, between = (
                (language.percent, language.percent_interval) if percent else (language.number, language.interval)
            )
            text = f"{write(record['value'])} ({between(record['low'], record['high'])})" if shown else record["label"]
            cells.append(Cell(text, record["status"], f"1988/89.school.63.{len(rows)}.{len(cells)}"))
        rows.append(tuple(cells))
    return Table((language.text("Group"), *series), tuple(rows), caption)


def meta(code: str = "en", **changes: object) -> ReportMeta:
    """What the sample report says about itself."""
    known: dict[str, object] = {
        "title": say("School 63", code),
        "subtitle": {
            "en": "How equal are the conditions and results of our pupils?",
            "sv": "Hur likvärdiga är elevernas villkor och resultat?",
        }[code],
        "edition": "1988-89",
        "edition_label": {"en": "School year 1988/89", "sv": "Läsåret 1988/89"}[code],
        "unit_kind": "school",
        "unit_id": "63",
        "unit_name": say("School 63", code),
        "language": code,
        "quality": {
            "en": "passed with 2 remarks, 41 rules",
            "sv": "godkänd med 2 anmärkningar, 41 regler",
        }[code],
        "quality_status": "warnings",
        "data_hash": "9f2c41d07ab35e68" * 4,
        "code_version": "0.1.0",
        "definitions": ("mean_reading 1", "mean_mathematics 1", "free_lunch_share 2"),
        "links": (
            ({"en": "All reports", "sv": "Alla rapporter"}[code], "../index.html"),
            (say("Area 12", code), "../area/12.html"),
        ),
    }
    return ReportMeta(**{**known, **changes})  # type: ignore[arg-type]


def notebook(code: str = "en", name: str = "") -> nbformat.NotebookNode:
    """An executed notebook of a school report; ``name`` replaces the school's name everywhere."""
    language = Language(code)
    points = charts.ValueAxis(language, "number", 0, say("Grade 3, scale points", code))
    percent = charts.ValueAxis(language, "percent", 0, "")
    sv = code == "sv"
    school = name or say("School 63", code)

    def named(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.replace({say("School 63", code): school})

    source = "Project STAR, Achilles m.fl. (2008)" if sv else "Project STAR, Achilles et al. (2008)"

    def exhibit(
        identity: str, title: tuple[str, str], question: tuple[str, str], svg: str | None, table: Table
    ) -> Exhibit:
        return Exhibit(
            identity,
            title[sv],
            question[sv],
            (
                "Dots are means, lines are 95% intervals. Figures that rest on fewer than five pupils are not shown.",
                "Punkter är medelvärden, streck är 95-procentiga intervall. "
                "Uppgifter som bygger på färre än fem elever visas inte.",
            )[sv],
            (
                "Reading is lower for pupils with free lunch: 598 points in the school, 611 among all schools.",
                "Läsresultatet är lägre för elever med fri lunch: 598 poäng i skolan mot 611 bland alla skolor.",
            )[sv],
            source,
            table,
            svg,
        )

    level, gap, period, share = named(levels(code)), named(gaps(code)), named(periods(code)), named(shares(code))
    word = ("The figures behind the chart", "Siffrorna bakom diagrammet")[sv]
    gap_rows = tuple(
        (
            Cell(str(r["row"])),
            *(
                Cell(points.text(r[c]) if r["status"] == "shown" else str(r["label"]), str(r["status"]))
                for c in ("group_value", "reference_value")
            ),
            Cell(
                points.difference(r["gap"], r["low"], r["high"]) if r["status"] == "shown" else str(r["label"]),
                str(r["status"]),
            ),
        )
        for r in gap.to_dict("records")
    )
    gap_table = Table(
        (("Group", "The group", "Compared with", "Gap"), ("Grupp", "Gruppen", "Jämförs med", "Skillnad"))[sv],
        gap_rows,
        word,
    )
    resources = Table(
        (("Resource", "School", "Area", "All"), ("Resurs", "Skolan", "Området", "Alla"))[sv],
        (
            (
                Cell(("Class size, mean", "Klasstorlek, medel")[sv]),
                Cell(language.number(22.4, 1)),
                Cell(language.number(21.3, 1)),
                Cell(language.number(20.6, 1)),
            ),
            (
                Cell(("Teachers’ experience, years", "Lärarnas erfarenhet, år")[sv]),
                Cell(language.number(13.2, 1)),
                Cell(language.number(14.0, 1)),
                Cell(language.number(13.9, 1)),
            ),
            (
                Cell(("Teachers with a master’s degree", "Lärare med magisterexamen")[sv]),
                Cell(TOO_FEW[code], "too_few"),
                Cell(language.percent(0.41)),
                Cell(language.percent(0.44)),
            ),
        ),
        ("Resources in grade 3", "Resurser i årskurs 3")[sv],
    )
    facts = Facts(
        "facts",
        (
            (("Pupils", "Elever")[sv], "72", ("in grade 3", "i årskurs 3")[sv]),
            (say("Reading", code), "612", ("all schools: 618", "alla skolor: 618")[sv]),
            (say("Mathematics", code), "617", ("all schools: 618", "alla skolor: 618")[sv]),
            (
                say("Free lunch", code),
                language.percent(0.62),
                ("all schools: ", "alla skolor: ")[sv] + language.percent(0.48),
            ),
        ),
    )
    prose = Prose(
        (
            (
                f"At {school}, pupils with free lunch read at 598 points and other pupils at 622. "
                "The gap is clear: 24 points, between 8 and 39.",
                f"På {school} har elever med fri lunch i genomsnitt 598 poäng i läsning och övriga elever 622. "
                "Skillnaden är tydlig: 24 poäng, mellan 8 och 39.",
            )[sv],
        )
    )
    definitions = Definitions(
        "definitions",
        (
            (
                ("Free lunch", "Fri lunch")[sv],
                (
                    "The pupil qualified for free school lunch during the year.",
                    "Eleven hade rätt till kostnadsfri skollunch under läsåret.",
                )[sv],
            ),
            (
                ("95% interval", "95-procentigt intervall")[sv],
                (
                    "A range that would hold the true mean in 95 of 100 similar samples.",
                    "Ett spann som skulle rymma det sanna medelvärdet i 95 av 100 liknande urval.",
                )[sv],
            ),
        ),
    )
    heads = (
        (
            "Who our pupils are",
            "How they do, and how sure we are",
            "Which groups are left behind",
            "What resources the school has",
            "How these figures were made",
        ),
        (
            "Vilka våra elever är",
            "Hur det går för dem, och hur säkra vi är",
            "Vilka grupper som halkar efter",
            "Vilka resurser skolan har",
            "Så har siffrorna tagits fram",
        ),
    )[sv]
    q = (
        "How do our pupils differ from the area and from all?",
        "Hur skiljer sig våra elever från områdets och från alla?",
    )
    parts: list[object] = [
        "# School report",
        facts,
        prose,
        f"## {heads[0]}",
        exhibit(
            "pupils",
            ("Pupils by background", "Elevernas bakgrund"),
            q,
            charts.interval_dots(share, percent),
            twin(share, language, True, word),
        ),
        f"## {heads[1]}",
        exhibit(
            "levels",
            ("Results by group", "Resultat efter grupp"),
            (
                "How do the groups do beside the area and all?",
                "Hur går det för grupperna jämfört med området och alla?",
            ),
            charts.interval_dots(level, points),
            twin(level, language, False, word),
        ),
        exhibit(
            "change",
            ("Results over time", "Resultat över tid"),
            ("Is the school moving with the others?", "Följer skolan de andra över tid?"),
            charts.trends(period, points),
            twin(period, language, False, word),
        ),
        f"## {heads[2]}",
        exhibit(
            "gaps",
            ("Gaps between groups", "Skillnader mellan grupper"),
            ("How wide is the gap, and how sure are we?", "Hur stor är skillnaden, och hur säkra är vi?"),
            charts.dumbbell(gap, points),
            gap_table,
        ),
        exhibit(
            "spread",
            ("Schools in the area", "Skolor i området"),
            ("How far apart are the schools?", "Hur långt ifrån varandra ligger skolorna?"),
            charts.spread(units(6), points, reference=(say("All schools", code), 614.0)),
            Table(
                (("School", "Mean"), ("Skola", "Medel"))[sv],
                tuple((Cell(str(r["row"])), Cell(points.text(r["value"]))) for r in units(6).to_dict("records")),
                word,
            ),
        ),
        f"## {heads[3]}",
        exhibit(
            "resources",
            ("Teachers and classes", "Lärare och klasser"),
            ("What does the school have to work with?", "Vad har skolan att arbeta med?"),
            None,
            resources,
        ),
        f"## {heads[4]}",
        definitions,
    ]
    cells = []
    for part in parts:
        if isinstance(part, str):
            cells.append(v4.new_markdown_cell(part))
            continue
        cell = v4.new_code_cell("secret_code()")
        cell.outputs = [v4.new_output("execute_result", part._repr_mimebundle_())]  # type: ignore[attr-defined]
        cells.append(cell)
    return v4.new_notebook(cells=cells)
