"""What is delivered in a quarter, table by table, in the contracts' own words."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from likvard.demo.exempelkommun import dialogue, followup, learning, plan, rolls, services
from likvard.demo.exempelkommun.frame import together
from likvard.demo.exempelkommun.people import Block, People, people_of


@dataclass(frozen=True)
class World:
    """One block with everything that lasts."""

    block: Block
    people: People
    lasting: learning.Learning


def world_of(block: Block) -> World:
    """The block's people and what stays with them."""
    people = people_of(block)
    return World(block, people, learning.learning_of(block, people))


def tables_of(world: World, quarter: str) -> dict[str, pd.DataFrame]:
    """The rows that the block delivers in the quarter, late and restated ones among them; only tables that are delivered."""
    block, people = world.block, world.people
    number = quarter[5]
    term = plan.TERMS.index(f"{quarter[:4]}T{1 if number in '12' else 2}")
    tables: dict[str, pd.DataFrame] = {}
    if number in "13" or quarter == plan.QUARTERS[0]:
        tables["areas"] = rolls.areas_of(block, term)
        tables["schools"] = rolls.schools_of(block, term)
        tables["pupils"] = rolls.pupils_of(block, people, term)
    if number in "24":
        mistaken = plan.TERMS[term] == plan.RESTATED_TERM
        tables["grades"] = learning.grades_of(block, people, world.lasting, term, mistaken=mistaken)
        tables["support"] = rolls.support_of(block, people, term)
    if quarter == plan.RESTATED_IN:
        again = learning.restated(block, people, world.lasting)
        if len(again):
            tables["grades"] = again
    tables["absence"] = absence_of(world, quarter)
    if number == "1":
        tables["survey"] = services.survey_of(block, people, term)
    if number == "4":
        tables["staff"] = services.staff_of(block, people, term)
        if block.number == 0:
            tables["benchmarks"] = followup.benchmarks_of(quarter)
    tables["area_social"] = services.area_social_of(block, people, quarter)
    tables["area_housing"] = services.area_housing_of(block, people, quarter)
    tables["meetings"] = followup.meetings_of(block, quarter)
    tables["participants"] = dialogue.participants_of(block, quarter)
    tables["actions"] = followup.actions_of(block, quarter)
    if block.number == 0 and quarter in plan.COMMENTED:
        tables["comments"] = dialogue.comments_of(block, quarter)
    return tables


def absence_of(world: World, quarter: str) -> pd.DataFrame:
    """The absence of the quarter's months; one school's comes a quarter late once."""
    rows = rolls.absence_of(
        world.block, world.people, plan.months_of(quarter), late_only=False if quarter == plan.LATE_QUARTER else None
    )
    if quarter != plan.LATE_IN:
        return rows
    return together(
        [rolls.absence_of(world.block, world.people, plan.months_of(plan.LATE_QUARTER), late_only=True), rows]
    )
