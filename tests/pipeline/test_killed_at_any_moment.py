"""kill -9 of every command that writes, before any of its steps and at any moment: nothing is torn, lost or mixed.

50 kills; ``LIKVARD_KILLS=500`` for the nightly form. The same command run again then comes to where an undisturbed run comes.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
from pathlib import Path

import pytest
from acts import ACTS, Course, copied, faults_of, run, told_again, unlike_undisturbed
from in_trouble import Trouble

TIMES = int(os.environ.get("LIKVARD_KILLS", "50"))


@pytest.mark.parametrize("act", ACTS)
def test_a_command_that_is_killed_tears_loses_and_mixes_nothing_and_can_be_run_again(
    courses: dict[str, Course], act: str, tmp_path: Path
) -> None:
    course, chance = courses[act], random.Random(act)
    share = [number for number in range(TIMES) if list(ACTS)[number % len(ACTS)] == act]
    for number in share:
        while True:
            place = copied(course.begin, tmp_path / str(number))
            by_step = Trouble(before_step=chance.randint(1, course.run.steps))
            by_time = Trouble(after=chance.uniform(0, course.run.seconds))
            trouble = (by_step, by_time)[number // len(ACTS) % 2]
            killed = run(place, act, trouble)
            if killed.code == -signal.SIGKILL:
                break
            shutil.rmtree(place)  # it came to its end before its moment
        faults = faults_of(course, place)
        assert told_again(run(place, act), act) == "", trouble
        faults += unlike_undisturbed(course, place)
        assert faults == [], (trouble, faults)
        shutil.rmtree(place)
