"""An identified delivery that is as it should be: 40 pupils of two schools, and every kind of file that intake reads.

Nobody in it exists: the numbers have the serials 980 to 999, which the Swedish Tax Agency gives to no one.
"""

from __future__ import annotations

import copy
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from likvard.intake.reading import Desk
from likvard.intake.registers import Registers
from likvard.intake.run import Outcome, open_desk, read_delivery, take_in
from likvard.workbook import workbook_bytes
from likvard.workspace import Workspace
from repository import REPOSITORY
from small_workspace import surroundings

HERE = Path(__file__).parent
ON = date(2026, 4, 10)
EDITION, EARLIER = "2026Q1", "2025Q4"
SCHOOLS = ("00100001", "00100002")
PROTECTED = 7
Files = dict[str, bytes]


def luhn(nine: str) -> str:
    total = sum(
        int(digit) * 2 - (9 if int(digit) > 4 else 0) if place % 2 == 0 else int(digit)
        for place, digit in enumerate(nine)
    )
    return str(-total % 10)


def number(seat: int, born: int = 2012) -> str:
    """The personal identity number of the pupil in that seat, with twelve digits."""
    nine = f"{born % 100:02d}{seat % 12 + 1:02d}{seat // 12 % 28 + 1:02d}{980 + seat // 336 % 20}"
    return f"{born // 100}{nine}{luhn(nine)}"


def pupils(count: int = 40) -> list[str]:
    return [number(seat) for seat in range(count)]


def csv(header: str, rows: list[str]) -> bytes:
    return ("\n".join([header, *rows]) + "\n").encode()


def school(seat: int) -> str:
    return SCHOOLS[seat % 2]


def good(edition: str = EDITION, count: int = 40) -> Files:
    """The files of one quarter."""
    year, quarter = int(edition[:4]), int(edition[-1])
    term = f"{'VT' if quarter < 3 else 'HT'}{year}"
    month = f"{year}{quarter * 3 - 1:02d}"
    there = list(enumerate(pupils(count)))
    spread = year % 7  # so that two quarters differ, as they do
    return {
        "omraden.csv": csv(
            "Områdeskod;Termin;Område;Indelning;Områdestyp", [f"01;{term};Åsen;egen;1", f"02;{term};Söder;egen;3"]
        ),
        "skolor.csv": csv(
            "Skolenhetskod;Termin;Skolenhet;Områdeskod;Huvudmannatyp;Huvudman;Från årskurs;Till årskurs;Gäller från;Gäller till;"
            "Efterträdare",
            [
                f"00100001;{term};Åsens skola;01;Kommunal;Provkommun;7;9;1970-07-01;;",
                f"00100002;{term};Söderskolan;02;Kommunal;Provkommun;7;9;1980-07-01;;",
                f"00100003;{term};Gamla skolan;02;Kommunal;Provkommun;7;9;1950-07-01;2024-06-30;00100002",
            ],
        ),
        "elever.csv": csv(
            "Personnummer;Termin;Skyddade personuppgifter;Årskurs;Skolenhetskod;Klass;Bostadsområde;Kön;Bakgrund;Nyinvandrad;"
            "Föräldrars högsta utbildning",
            [
                f"{one};{term};{'J' if seat == PROTECTED else 'N'};{7 + seat % 3};{school(seat)};{school(seat)}-{7 + seat % 3}A;"
                f"0{seat % 2 + 1};{'KM'[seat // 2 % 2]};{'SU'[seat % 5 == 0]};{'NJ'[seat % 9 == 0]};{seat % 3 + 1}"
                for seat, one in there
            ],
        ),
        "betyg.csv": csv(
            "Personnummer;Termin;Skolenhetskod;Ämne;Betygstyp;Betyg",
            [
                f"{one};{term};{school(seat)};{subject};Termin;{'ABCDEF'[(seat + place + spread) % 6]}"
                for seat, one in there
                for place, subject in enumerate(("MA", "SV", "EN"))
            ],
        ),
        "franvaro.csv": csv(
            "Personnummer;Månad;Skolenhetskod;Erbjuden tid;Rapporterad tid;Giltig frånvaro;Ogiltig frånvaro",
            [
                f"{one};{month};{school(seat)};{5000 + seat % 3 * 10};{4800 + seat % 90 + spread};{seat % 60 * 10};{seat % 4 * 15}"
                for seat, one in there
            ],
        ),
        "moten.csv": csv(
            "Mötesnummer;Kvartal;Slag av möte;Datum;Skolenhetskod;Områdeskod;Underlag;Antal deltagare",
            [
                f"M{year}{place};{year}K{quarter};Kvalitetsdialog;{year}-{quarter * 3 - 1:02d}-0{place};{SCHOOLS[place % 2]};;"
                f"2025Q4;{place + 8}"
                for place in range(1, 7)
            ],
        ),
        "slut.csv": csv(
            "Personnummer;Termin;Skolenhetskod;Kommun;Meritvärde;Närvaro;Behörig;Ord",
            [
                f"{one};{term};{school(seat)};0180;{200 + seat % 90 + spread},5;0,{80 + seat % 19};J;{('ett', 'två')[seat % 2]}"
                for seat, one in there
                if seat % 3 == 2
            ],
        ),
        "personal.xlsx": workbook_bytes("Blad1", staff_rows(term)),
    }


def staff_rows(term: str = "VT2026") -> list[list[str | int | float]]:
    return [
        [
            "Skolenhetskod",
            "Termin",
            "Lärare (antal)",
            "Lärare (heltidstjänster)",
            "Behöriga lärare (heltidstjänster)",
            "Specialpedagogisk kompetens (heltidstjänster)",
            "Elevhälsa (heltidstjänster)",
        ],
        ["00100001", term, 12, 10.5, 8.5, 1.0, 0.8],
        ["00100002", term, 14, 12.0, 9.5, 1.5, 1.2],
    ]


def write(folder: Path, files: Files) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def lay_out_workspace(root: Path) -> Workspace:
    """A git and DVC workspace with the project's contracts and those of the tests."""
    shutil.copytree(REPOSITORY / "data/contracts", root / "data/contracts", dirs_exist_ok=True)
    shutil.copytree(HERE / "contracts", root / "data/contracts", dirs_exist_ok=True)
    rules = root / "data/contracts/rules.yaml"
    content = yaml.safe_load(rules.read_text(encoding="utf-8"))
    content["rows"].append(
        {
            "rule": "eligible_with_merit",
            "table": "leaving",
            "columns": ["merit_value", "eligible"],
            "holds": "merit_value >= 80 or eligible == 'no'",
            "title": {"en": "who is eligible has merit enough", "sv": "den som är behörig har tillräckligt meritvärde"},
        }
    )
    rules.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    for name in ("params.yaml", "dvc.yaml", "data/waivers.yaml", ".dvcignore", ".gitignore", ".dvc/config"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, root / name)
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True, env=surroundings())
    return Workspace(root)


def take(workspace: Workspace, place: Path, key: Path, edition: str = EDITION, on: date = ON) -> Outcome:
    return take_in(workspace, place, "provkommun", edition, on=on, key_file=key, sender="Skolkontoret")


def read(workspace: Workspace, place: Path, key: Path, edition: str = EDITION, on: date = ON) -> Outcome:
    """The same without a word written."""
    return read_delivery(workspace, place, fresh_desk(workspace, key, edition, on))


@cache
def _desk(workspace: Workspace, key: Path, edition: str, on: date) -> Desk:
    return open_desk(workspace, key.parent / "inbox", "provkommun", edition, on, "", key, False)


def fresh_desk(workspace: Workspace, key: Path, edition: str = EDITION, on: date = ON) -> Desk:
    """A desk that nothing has been read at; its contracts are read once in a session."""
    desk = _desk(workspace, key, edition, on)
    return replace(desk, pupils=copy.deepcopy(desk.pupils), registers=Registers())


def codes(outcome: Outcome) -> dict[str, set[str]]:
    """What was found, by file."""
    return {one.file: {found.code for found in one.found} for one in outcome.findings if one.found}


def snapshot(workspace: Workspace, edition: str = EDITION) -> Files:
    folder = workspace.deliveries / edition
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())} if folder.is_dir() else {}


if __name__ == "__main__":
    write(Path(sys.argv[1]), good())
