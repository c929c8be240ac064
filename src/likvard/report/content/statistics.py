"""What is published about schools and municipalities: whom they teach, who passes, SALSA, Skolenkäten, teachers."""

from __future__ import annotations

from likvard.report.content.frames import source_line
from likvard.report.content.results import over_time, shares_now
from likvard.report.exhibit import Cell, Exhibit, Nothing, Table
from likvard.report.view import Report

BACKGROUND = ("parents_post_secondary_year_9_share", "foreign_background_year_9_share")
PASSING = ("eligible_vocational_share", "all_passed_year_9_share")
SALSA = ("salsa_merit_actual", "salsa_merit_model", "salsa_merit_residual")
SURVEY = tuple(f"survey_{index}_year_8" for index in ("safety", "calm", "support", "satisfaction", "stimulation"))


def background(report: Report) -> Exhibit | Nothing:
    """The published composition of those who finish year 9."""
    say = report.say
    question = say("Who are the pupils that the results are about?")
    return shares_now(
        report, "background", say("Background of the pupils in year 9"), question, report.told(*BACKGROUND)
    )


def passing(report: Report) -> Exhibit | Nothing:
    """The published shares who are eligible, and who pass in all subjects, over time."""
    told = tuple(indicator for indicator in report.told(*PASSING) if report.is_published(indicator))
    question = report.say("How many of those who leave year 9 can go on, and how many have passed in all subjects?")
    return over_time(report, "passing", report.say("Eligible and passed over time"), told, question)


def salsa(report: Report) -> Exhibit | Nothing:
    """The school's merit value beside what SALSA's model gives for its pupils' background."""
    say = report.say
    told = report.told(*SALSA)
    if set(told) != set(SALSA):
        return Nothing()
    rows = {name: report.table(name, units=(report.unit,)) for name in told}
    lines = tuple(
        (Cell(report.title_of(name)), report.cell(name, row))
        for name, found in rows.items()
        for row in found.itertuples(index=False)
    )
    return Exhibit(
        id="salsa",
        title=say("The merit value beside what the pupils' background lets expect"),
        question=say("Do the pupils reach as far as pupils of the same background do elsewhere?"),
        caption=say(
            "SALSA is Skolverket's model. It gives the merit value that schools have on average when their pupils have the "
            "same mix of parents' education, gender and time in Sweden. A positive deviation means that the school lies above "
            "that value. The deviation does not say why, it is no grade of the school, and in a small school chance alone can "
            "make it large."
        ),
        alt="",
        source=source_line(report),
        table=Table(
            (say("Measure"), report.unit.name),
            lines,
            say("SALSA, {period}, in merit points", period=report.period_of(told[0])),
        ),
    )


def survey(report: Report) -> Exhibit | Nothing:
    """The indices of Skolenkäten, in the newest year that the unit took part."""
    say = report.say
    question = say("Are the pupils safe, can they work in calm, and do they get support?")
    return shares_now(report, "survey", say("What pupils in year 8 say in Skolenkäten"), question, report.told(*SURVEY))


def teachers(report: Report) -> Exhibit | Nothing:
    """The published share of licensed teachers over time."""
    say = report.say
    question = say("How many of the teachers are qualified for what they teach?")
    return over_time(
        report, "teachers", say("Licensed and qualified teachers over time"), ("licensed_teacher_share",), question
    )
