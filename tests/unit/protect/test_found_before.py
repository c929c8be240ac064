"""What was found to hide is kept: taken again where nothing has changed, never believed."""

from dataclasses import replace

import pandas as pd
import pytest
from two_areas import FREE, homes_of, record_of

from likvard.disclosure.kept import as_bytes, question_of, read_kept
from likvard.disclosure.profiles import PROFILES
from likvard.disclosure.release import safe_by_swaps
from likvard.disclosure.task import SWAPS
from likvard.indicators.record import HELD_BACK
from likvard.params import DisclosureChoice
from likvard.protect.hide import Asked, Protection, asked_of, periods_of, protected
from likvard.protect.past import past_of
from likvard.protect.rules import primary_rules
from small_registry import REGISTRY

FIRST, SECOND = "2023-24", "2024-25"
CHOICE = DisclosureChoice(profile="internal", min_count=5, min_teachers=1)
STRICT = PROFILES["internal"]


@pytest.fixture(scope="module")
def record() -> pd.DataFrame:
    return record_of({FIRST: FREE, SECOND: FREE | {"A": 13}}, SECOND)


@pytest.fixture(scope="module")
def first_run(record: pd.DataFrame) -> Protection:
    return protected(record, REGISTRY, CHOICE, homes_of(record))


@pytest.fixture(scope="module")
def asked(record: pd.DataFrame) -> Asked:
    """What is asked of the first period."""
    rule = primary_rules(record, REGISTRY, homes_of(record), STRICT, 1, pd.Series(0, index=record.index))
    past = past_of(record, pd.DataFrame(), REGISTRY)
    return asked_of(periods_of(record, rule, homes_of(record), past)[0], REGISTRY, STRICT)


def again(record: pd.DataFrame, kept: dict[str, bytes]) -> Protection:
    return protected(record, REGISTRY, CHOICE, homes_of(record), kept=kept)


def test_a_second_run_finds_every_period_kept_and_releases_the_same(record, first_run):
    assert first_run.again == 0
    assert set(first_run.kept) == {FIRST, SECOND}
    second = again(record, first_run.kept)
    assert second.again == 2
    assert second.kept == first_run.kept
    pd.testing.assert_frame_equal(second.released, first_run.released)
    pd.testing.assert_frame_equal(second.log, first_run.log)
    pd.testing.assert_frame_equal(second.periods.drop(columns="seconds"), first_run.periods.drop(columns="seconds"))


def test_a_period_that_has_changed_is_searched_for_and_the_other_is_not(first_run):
    changed = record_of({FIRST: FREE, SECOND: FREE | {"A": 14}}, SECOND)
    second = again(changed, first_run.kept)
    assert second.again == 1
    assert second.kept[FIRST] == first_run.kept[FIRST]
    assert second.kept[SECOND] != first_run.kept[SECOND]
    pd.testing.assert_frame_equal(second.released, again(changed, {}).released)


def test_another_profile_asks_another_question(record, first_run):
    public = CHOICE.model_copy(update={"profile": "public"})
    assert protected(record, REGISTRY, public, homes_of(record), kept=first_run.kept).again == 0


def test_what_was_kept_of_one_period_says_nothing_of_another(record, first_run):
    exchanged = {FIRST: first_run.kept[SECOND], SECOND: first_run.kept[FIRST]}
    assert again(record, exchanged).again == 0


def test_what_was_kept_is_read_as_it_was_written(asked):
    question = question_of(asked.found, asked.task, asked.least, (SWAPS,))
    safe = safe_by_swaps(asked.found, asked.task, asked.least)
    content = as_bytes(question, safe.proposal)
    read = read_kept(content, question)
    assert read is not None
    assert as_bytes(question, read) == content
    assert read.pattern.hidden.tolist() == safe.pattern.hidden.tolist()
    assert read.pattern.parts == safe.pattern.parts
    assert read_kept(content, "another question") is None


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 and nothing more"])
def test_what_cannot_be_read_was_not_kept(content, asked):
    assert read_kept(content, question_of(asked.found, asked.task, asked.least, (SWAPS,))) is None


@pytest.mark.parametrize("hides", ["what the rules hide alone", "nothing", "all but one that the rules hide"])
def test_a_kept_pattern_that_hides_too_little_is_not_believed(record, first_run, asked, hides):
    question = question_of(asked.found, asked.task, asked.least, (SWAPS,))
    kept = read_kept(first_run.kept[FIRST], question)
    assert kept is not None
    assert kept.pattern.hidden.sum() > asked.task.hidden.sum() > 0
    hidden = kept.pattern.hidden.copy() if hides.startswith("all") else asked.task.hidden.copy()
    if hides == "nothing":
        hidden[:] = False
    elif hides.startswith("all"):
        hidden[asked.task.hidden.argmax()] = False
    forged = replace(kept, pattern=replace(kept.pattern, hidden=hidden), level=kept.level * 0)
    second = again(record, first_run.kept | {FIRST: as_bytes(question, forged)})
    assert second.again == 1
    assert second.kept == first_run.kept
    assert second.released["status"].eq(HELD_BACK).sum() == first_run.released["status"].eq(HELD_BACK).sum()


def test_a_kept_pattern_of_another_size_is_not_believed(record, first_run, asked):
    question = question_of(asked.found, asked.task, asked.least, (SWAPS,))
    kept = read_kept(first_run.kept[FIRST], question)
    assert kept is not None
    short = replace(kept, pattern=replace(kept.pattern, hidden=kept.pattern.hidden[:-1]))
    assert again(record, first_run.kept | {FIRST: as_bytes(question, short)}).kept == first_run.kept


def test_a_question_is_another_where_a_single_number_is(asked):
    question = question_of(asked.found, asked.task, asked.least, (SWAPS,))
    for name in ("truth", "level", "weight"):
        numbers = getattr(asked.task, name).copy()
        numbers[-1] += 1
        assert question_of(asked.found, replace(asked.task, **{name: numbers}), asked.least, (SWAPS,)) != question
    for name in ("hidden", "known"):
        flags = getattr(asked.task, name).copy()
        flags[0] = not flags[0]
        assert question_of(asked.found, replace(asked.task, **{name: flags}), asked.least, (SWAPS,)) != question
    assert question_of(asked.found, asked.task, asked.least + 1, (SWAPS,)) != question
