"""Tried as a new coordinator would: one of eight files is broken; the seven others stay; one command goes on."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from likvard.demo.exempelkommun import write_exempelkommun
from repository import REPOSITORY, copy_repository
from small_workspace import LIKVARD, git, run

EDITION = "2026Q3"
SERIALS = [f"{serial}" for serial in range(980, 1000)]


def check_digit(nine: str) -> str:
    total = 0
    for place, digit in enumerate(nine):
        product = int(digit) * (2 - place % 2)
        total += product // 10 + product % 10
    return str(-total % 10)


def invented_number(seat: int, grade: str) -> str:
    """A number that the Tax Agency gives to no one, of somebody in that grade."""
    born = 2020 - (0 if grade == "F" else int(grade))
    nine = f"{born % 100:02d}{seat % 12 + 1:02d}{seat // 12 % 28 + 1:02d}{SERIALS[seat // 336 % 20]}"
    return f"20{nine}{check_digit(nine)}"


def identified(folder: Path) -> None:
    """Nothing; the deliveries of the demo are as their senders would send them, with personal identity numbers."""
    lines = (folder / "elever.csv").read_bytes().decode("cp1252").splitlines()
    rows = [line.split(";") for line in lines[1:]]
    numbers = {row[0]: invented_number(seat, row[3]) for seat, row in enumerate(rows)}
    for name, encoding, theirs in (("elever.csv", "cp1252", "Personnummer"), ("franvaro.csv", "utf-8", "personnummer")):
        header, *body = (folder / name).read_bytes().decode(encoding).splitlines()
        kept = [line.split(";", 1) for line in body]
        written = [f"{numbers[pseudonym]};{rest}" for pseudonym, rest in kept if pseudonym in numbers]
        text = "\n".join([f"{theirs};{header.split(';', 1)[1]}", *written]) + "\n"
        (folder / name).write_bytes(text.encode(encoding))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, str]]:
    """A workspace, an inbox with eight files of which one is broken, and the environment with the key."""
    base = tmp_path_factory.mktemp("desk")
    root = base / "workspace"
    copy_repository(root, lambda name: name.startswith((".dvc", "data/contracts/", ".gitignore")) or name in FILES)
    params = (root / "params.yaml").read_text(encoding="utf-8")
    (root / "params.yaml").write_text(
        params.replace("1988-89", EDITION).replace("source: star", "source: exempelkommun"), encoding="utf-8"
    )
    git(root, "init", "--quiet")
    write_exempelkommun(base / "quarters", pupils=1_000, contracts=REPOSITORY / "data/contracts")
    inbox = base / "quarters" / EDITION
    identified(inbox)
    (base / "key").write_text(secrets.token_hex(32), encoding="ascii")
    (base / "key").chmod(0o600)
    return root, inbox, {"LIKVARD_KEY_FILE": str(base / "key")}


FILES = {"params.yaml", "dvc.yaml", "data/waivers.yaml"}


def test_one_broken_file_of_ten_is_refused_and_one_command_goes_on(desk: tuple[Path, Path, dict[str, str]]) -> None:
    root, inbox, env = desk
    whole = (inbox / "skolor.csv").read_bytes()
    (inbox / "skolor.csv").write_bytes(whole.replace("Efterträdare".encode(), "Ersätts av".encode(), 1))
    command = [
        LIKVARD,
        "intake",
        str(inbox),
        "--source",
        "exempelkommun",
        "--edition",
        EDITION,
        "--received",
        "2026-10-05",
    ]
    assert len(list(inbox.iterdir())) == 10
    stopped = run(root, *command, **env)
    assert stopped.code == 21, stopped.said
    assert "1 of 10 files are refused" in stopped.said
    assert "kolumnen ”Efterträdare”: Kolumnen saknas." in stopped.said
    assert "column “Efterträdare”: The column is not there." in stopped.said
    there = root / "data/deliveries" / EDITION
    assert sorted(path.name for path in there.iterdir()) == sorted(
        {path.name for path in inbox.iterdir()} - {"skolor.csv"} | {"origin.json"}
    )
    kept = {path.name: path.read_bytes() for path in there.iterdir() if path.name != "origin.json"}
    (inbox / "skolor.csv").write_bytes(whole)
    going_on = run(root, *command, **env)
    assert going_on.code == 0, going_on.said
    assert (there / "skolor.csv").is_file()
    assert {name: (there / name).read_bytes() for name in kept} == kept
    ingested = run(root, LIKVARD, "ingest", **env)
    assert ingested.code == 0, ingested.said
    again = run(root, *command, **env)
    assert again.code == 0
    assert "nothing was changed" in again.said
