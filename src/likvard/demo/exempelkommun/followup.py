"""What the municipality knows about the world outside, and what it decided to do: benchmarks, meetings and actions."""

from __future__ import annotations

import pandas as pd

from likvard.demo.exempelkommun import plan
from likvard.demo.exempelkommun.people import Block

# Made-up figures for the country, the group of municipalities and Exempelkommun itself, by spring.
BENCHMARKS = {
    "merit_value_mean": ((224.6, 219.3), 0.4),
    "eligible_vocational_share": ((0.852, 0.828), 0.002),
    "qualified_teacher_share": ((0.724, 0.741), 0.003),
}
BENCHMARK_UNITS = (("country", "0000"), ("municipality_group", "G900"))
GENDER_DIFFERENCE = {"all": 0.0, "girl": 0.05, "boy": -0.05}
MEETING_MONTH = {"1": "02", "2": "05", "3": "09", "4": "11"}


def benchmarks_of(quarter: str) -> pd.DataFrame:
    """The figures that are out in the autumn, about the school year before."""
    ended = int(quarter[:4])
    rows = []
    for measure, (levels, rise) in BENCHMARKS.items():
        for (kind, code), level in zip(BENCHMARK_UNITS, levels, strict=True):
            for group, difference in GENDER_DIFFERENCE.items():
                told = not (measure == "qualified_teacher_share" and group != "all")
                value = level * (1 + difference) + rise * (ended - 2023)
                rows.append(
                    {
                        "publisher": "fictive",
                        "measure": measure,
                        "unit_kind": kind,
                        "unit_id": code,
                        "period": f"{ended - 1}-{ended % 100:02d}",
                        "group": group,
                        "value": int(value * 1000 + 0.5) / 1000 if told else None,
                        "status": "shown" if told else "not_applicable",
                    }
                )
    return pd.DataFrame(rows)


def meetings_of(block: Block, quarter: str) -> pd.DataFrame:
    """The meetings of the quarter: the board, each area network and the schools with a dialogue."""
    place = plan.QUARTERS.index(quarter)
    day = f"{quarter[:4]}-{MEETING_MONTH[quarter[5]]}"
    before = plan.QUARTERS[place - 1] if place else None
    rows = [_meeting(block, place, 0, "board", f"{day}-24", None, None, before, 13)]
    for number, area in enumerate(block.areas, 1):
        rows.append(
            _meeting(
                block,
                place,
                number,
                "area_network",
                f"{day}-{9 + number:02d}",
                None,
                block.area_code(area),
                before,
                7 + number % 3,
            )
        )
    # Every school has a dialogue once a year, a quarter of them each time; where principals are seldom heard, every other year.
    for number, school in enumerate(range(place % 4, len(block.schools), 4), 10):
        closed = school == block.place_of("closes") and quarter > "2025Q2"
        passed_over = seldom_heard(block.schools[school].area) and (place // 4 + school) % 2
        if not (closed or passed_over):
            rows.append(
                _meeting(
                    block,
                    place,
                    number,
                    "school_dialogue",
                    f"{day}-{number % 18 + 3:02d}",
                    block.school_code(school),
                    None,
                    before,
                    5,
                )
            )
    return pd.DataFrame(rows).assign(period=quarter)


def _meeting(
    block: Block,
    place: int,
    number: int,
    kind: str,
    day: str,
    school: str | None,
    area: str | None,
    edition: str | None,
    participants: int,
) -> dict[str, object]:
    return {
        "meeting_id": meeting_code(block, place, number),
        "meeting_kind": kind,
        "held_on": day,
        "school_id": school,
        "area_id": area,
        "edition": edition,
        "participants_count": participants,
    }


def seldom_heard(area: int) -> bool:
    """Whether the schools of the area seldom have anybody at the table."""
    return plan.AREAS[area].hardship >= plan.SELDOM_HEARD_FROM


def meeting_code(block: Block, place: int, number: int) -> str:
    """The number of a meeting: block, quarter and meeting."""
    return f"M{place + 1:02d}{number:02d}" if block.alone else f"M{block.number:02d}{place + 1:02d}{number:02d}"


def actions_of(block: Block, quarter: str) -> pd.DataFrame:
    """The register of actions at the end of the quarter. What each of them does in truth, only the truth file says."""
    place = plan.QUARTERS.index(quarter)
    decided = plan.QUARTERS.index("2024Q2")
    planned = (
        (
            "action",
            "Lässtöd i små grupper tre gånger i veckan och två lärare på mattelektionerna",
            "merit_value_mean",
            "parental_education",
            "principal",
            None,
            "gap_in_results",
            "Skillnaden i meritvärde ska ha minskat med en fjärdedel.",
            "Två av tjänsterna är tillsatta först från vårterminen.",
        ),
        (
            "advantaged_fall",
            "Gemensam planering av undervisningen i årskurs 7–9",
            "merit_value_mean",
            "parental_education",
            "principal",
            None,
            "gap_in_results",
            "Skillnaden i meritvärde ska ha minskat.",
            None,
        ),
        (
            "regression",
            "Extra genomgång av betygskriterierna inför slutbetyg",
            "merit_value_mean",
            None,
            "principal",
            "2025-06-13",
            "results_fell",
            "Meritvärdet ska vara tillbaka på nivån före fallet.",
            None,
        ),
        (
            "under_reports",
            "Tätare uppföljning av frånvaron",
            "extensive_absence_share",
            None,
            "pupil_health_head",
            None,
            "extensive_absence",
            "Färre elever ska vara borta mer än 15 % av tiden.",
            "Närvaron rapporteras inte i alla klasser.",
        ),
    )
    rows = []
    for number, (role, title, indicator, group_by, responsible, ends, finding, effect, obstacles) in enumerate(
        planned, 1
    ):
        school = block.place_of(role)
        if school is None or place < decided:
            continue
        status = "planned" if quarter < "2024Q3" else "done" if ends and quarter >= "2025Q2" else "ongoing"
        rows.append(
            {
                "action_id": f"A{number:04d}" if block.alone else f"A{block.number:04d}{number:02d}",
                "period": quarter,
                "action_title": title,
                "school_id": block.school_code(school),
                "area_id": None,
                "indicator": indicator,
                "group_by": group_by,
                "starts_on": "2024-08-19",
                "ends_on": ends,
                "action_status": status,
                "responsible_role": responsible,
                "meeting_id": meeting_code(block, decided, 0),
                "finding": finding,
                "administration": "schools",
                "expected_effect": effect,
                "due_quarter": "2026Q2",
                "obstacles": obstacles,
                "result": "Genomgångarna hölls i alla ämnen före slutbetygen." if status == "done" else None,
            }
        )
    rows.append(
        {
            "action_id": "A0009" if block.alone else f"A{block.number:04d}09",
            "period": quarter,
            "action_title": "Fältgrupp och fritidsgård öppna till klockan 22",
            "school_id": None,
            "area_id": block.area_code(block.areas[-2 if len(block.areas) > 1 else 0]),
            "indicator": "absence_share_mean",
            "group_by": None,
            "starts_on": "2023-10-02",
            "ends_on": None,
            "action_status": "ongoing",
            "responsible_role": "area_coordinator",
            "meeting_id": meeting_code(block, 0, 0),
            "finding": None,
            "administration": "social_services",
            "expected_effect": "Frånvaron i området ska inte vara större än i kommunen som helhet.",
            "due_quarter": "2025Q2",
            "obstacles": None,
            "result": "Fritidsgården är öppen alla kvällar; fältgruppen är på plats tre kvällar i veckan.",
        }
    )
    return pd.DataFrame(rows)
