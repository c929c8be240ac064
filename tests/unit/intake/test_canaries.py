"""A thousand planted persons: after any sequence of intake, nothing of them is anywhere but in the inbox."""

from __future__ import annotations

import random
import re
import shutil
import signal
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pikepdf
import pytest
import yaml
from bad_deliveries import BAD, Bad
from inbox import EDITION, Files, csv, good, lay_out_workspace, number, pupils, read, snapshot, write

from likvard.intake.told import error_of, lines
from likvard.language import Language
from likvard.lineage import tree_hash
from likvard.workspace import Workspace
from repository import REPOSITORY, copy_repository
from small_workspace import LIKVARD, git, run, surroundings, wanted

COUNT = 1_000
NAME, STREET = "Kanariesson", "Kanariegatan"
DIGITS = re.compile(rb"[0-9]{6,8}[-+ ]?[0-9]{4}")
NUMBERS = {one.encode() for one in pupils(COUNT)} | {one[2:].encode() for one in pupils(COUNT)}


def traces(content: bytes) -> set[str]:
    """What of the planted persons is in these bytes."""
    found = {word for word in (NAME, STREET) if word.casefold().encode() in content.lower()}
    digits = {re.sub(rb"[-+ ]", b"", one) for one in DIGITS.findall(content)}
    return found | {one.decode() for one in digits & NUMBERS}


def everywhere(root: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below the folder, and every object of its git repository unpacked."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(root).as_posix(), path.read_bytes()
            yield "a file name", path.name.encode()
    objects = subprocess.run(
        ["git", "cat-file", "--batch-all-objects", "--batch"],
        cwd=root,
        capture_output=True,
        check=True,
        env=surroundings(),
    )
    yield "git objects", objects.stdout


def intake(workspace: Workspace, place: Path, key: Path, scratch: Path, *more: str) -> tuple[int, str]:
    """One run of the command as people run it; its exit code and all that it said."""
    done = run(workspace.root, LIKVARD, *more, *words(place), **around(key, scratch))
    return done.code, done.said


def words(place: Path) -> list[str]:
    return ["intake", str(place), "--source", "provkommun", "--edition", EDITION, "--received", "2026-04-10"]


def around(key: Path, scratch: Path) -> dict[str, str]:
    scratch.mkdir(exist_ok=True)
    return {"LIKVARD_KEY_FILE": str(key), "TMPDIR": str(scratch)}


def named(files: Files) -> Files:
    """The same with names and addresses of everybody in columns that nobody asked for."""
    lines = files["elever.csv"].decode().splitlines()
    rows = [f"{row};Anna {NAME};{STREET} {seat}, 123 45 Ort" for seat, row in enumerate(lines[1:])]
    return {**files, "elever.csv": csv(f"{lines[0]};Elev;Hem", rows)}


def in_harmless_columns(files: Files) -> Files:
    """The same with identity where a text is expected, and in headings and codes."""
    changed = {**files}
    changed["skolor.csv"] = files["skolor.csv"].replace("Söderskolan".encode(), f"Per {NAME}".encode())
    changed["betyg.csv"] = files["betyg.csv"].replace(b";MA;", f";{number(5)};".encode(), 3)
    changed["moten.csv"] = files["moten.csv"].replace(b"Datum", f"{NAME} {number(6)}".encode(), 1)
    changed["franvaro.csv"] = files["franvaro.csv"].replace(b";5000;", f";{number(8)};".encode(), 2)
    return changed


def wrong_numbers(files: Files) -> Files:
    """The same, where a few numbers have a wrong check digit in one file."""
    content = files["slut.csv"]
    for seat in range(2, 20, 3):
        content = content.replace(
            number(seat).encode(), f"{number(seat)[:-1]}{(int(number(seat)[-1]) + 1) % 10}".encode()
        )
    return {**files, "slut.csv": content}


def without_header(files: Files) -> Files:
    return {name: content.split(b"\n", 1)[1] if name.endswith(".csv") else content for name, content in files.items()}


@pytest.mark.slow
def test_no_planted_identity_is_left_anywhere(empty_workspace: Workspace, key: Path, tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    shutil.copytree(empty_workspace.root, root)
    workspace = Workspace(root)
    scratch = tmp_path / "scratch"
    whole = good(count=COUNT)
    # The search finds what it looks for.
    assert len(traces(b"".join(named(whole).values()))) == COUNT + 2
    sequence = [
        named(whole),
        in_harmless_columns(whole),
        without_header(whole),
        whole,
        wrong_numbers(whole),
        named(whole),
    ]
    said, codes = [], []
    for step, files in enumerate(sequence):
        place = write(tmp_path / f"inbox {step} {number(step)}", files)
        code, text = intake(workspace, place, key, scratch, *(["--debug"] if step % 2 else []))
        codes.append(code)
        said.append(text)
        git(root, "add", "--all")
        git(root, "commit", "--quiet", "--allow-empty", "--message", f"Step {step}")
    # Names lead to a refusal, the good delivery is taken in, and wrong numbers are left out.
    # With --debug an error ends as the traceback that was asked for.
    assert codes == [21, 1, 21, 0, 0, 1]
    assert "elever.csv" in snapshot(workspace)
    killed(workspace, write(tmp_path / "inbox", whole), key, scratch, [0.8, 1.6, 2.4])
    for log in said:
        assert traces(log.encode()) == set()
    found = {name: traces(content) for name, content in everywhere(root)}
    found |= {f"scratch/{name}": traces(path.read_bytes()) for name, path in files_below(scratch)}
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.slow
def test_no_planted_identity_reaches_a_report(key: Path, tmp_path: Path) -> None:
    """The thousand go the whole way: intake, every stage through DVC, reports; and nothing on the way knows them."""
    root, scratch = tmp_path / "workspace", tmp_path / "scratch"
    copy_repository(root, wanted)
    workspace = lay_out_workspace(root)
    params = yaml.safe_load((REPOSITORY / "src/likvard/demo/exempelkommun/params.yaml").read_text(encoding="utf-8"))
    params |= {"edition": EDITION, "source": "provkommun", "municipality": "Provkommun"}
    params["groups"], params["resampling"]["draws"] = {"gender": {"reference": "girl"}}, 100  # for the sake of time
    (root / "params.yaml").write_text(yaml.safe_dump(params, allow_unicode=True), encoding="utf-8")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "A workspace")
    # Three more have wrong numbers; they are left out and must be nowhere either.
    code, said = intake(workspace, write(tmp_path / "inbox", wrong_numbers(good(count=COUNT))), key, scratch)
    assert code == 0, said
    built = run(root, LIKVARD, "build", **around(key, scratch))
    assert built.code == 0, built.said
    git(root, "add", "--all", "--force", "reports", "data")
    git(root, "commit", "--quiet", "--message", "Everything, as somebody might by mistake")
    reports = sorted(path.name for path in (root / "reports" / EDITION).rglob("*.html"))
    assert reports == [
        "00100001.html",
        "00100002.html",
        "01.html",
        "02.html",
        "all.html",
        "calendar.html",
        "index.html",
        "messages.html",
        "quality.html",
    ]
    found = {"said": traces((said + built.said).encode())}
    found |= {name: traces(content) for name, content in everywhere(root)}
    found |= {f"{path} read": traces(text_of(path)) for path in packed(root)}
    found |= {f"scratch/{name}": traces(path.read_bytes()) for name, path in files_below(scratch)}
    assert {name: what for name, what in found.items() if what} == {}


def packed(root: Path) -> list[Path]:
    """The tables, PDFs and workbooks, whose bytes do not show what they hold; by their content in the DVC cache too."""
    magic = (b"PAR1", b"%PDF", b"PK\x03\x04")
    every = (path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    return [path for path in every if path.open("rb").read(4) in magic]


def text_of(path: Path) -> bytes:
    """All that a packed file says, as text."""
    content = path.read_bytes()
    if content.startswith(b"PAR1"):
        return pd.read_parquet(path).to_csv().encode()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive:
            return b"\n".join(archive.read(name) for name in archive.namelist())
    with pikepdf.open(path) as pdf:
        streams = b"\n".join(one.read_bytes() for one in pdf.objects if isinstance(one, pikepdf.Stream))
    # Letters are drawn as glyphs; pdftotext reads them, where it is installed. The HTML beside it has the same words.
    reader = shutil.which("pdftotext")
    return streams + (subprocess.run([reader, path, "-"], capture_output=True, check=True).stdout if reader else b"")


def test_the_search_reads_what_is_packed(tmp_path: Path) -> None:
    pd.DataFrame({"a": [NAME] * 100, "b": [number(1)] * 100}).to_parquet(tmp_path / "a.parquet")
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("c", f"{STREET} {number(1)} " * 100)
    assert [len(traces(text_of(path))) for path in sorted(packed(tmp_path))] == [2, 2]


def files_below(folder: Path) -> list[tuple[str, Path]]:
    return [(path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file()]


def killed(workspace: Workspace, place: Path, key: Path, scratch: Path, after: list[float]) -> list[Files]:
    """The snapshot after each run that was killed so many seconds after its start."""
    left = []
    for seconds in after:
        process = subprocess.Popen(
            [LIKVARD, *words(place)],
            cwd=workspace.root,
            env=surroundings(**around(key, scratch)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
        left.append(snapshot(workspace))
    return left


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_the_old_snapshot_or_the_new(
    workspace: Workspace, key: Path, tmp_path: Path
) -> None:
    """The moments are spread over the whole run, and more densely over its end, where it writes."""
    scratch = tmp_path / "scratch"
    first, second = good(), {**good(), "betyg.csv": good()["betyg.csv"].replace(b";F\n", b";E\n")}
    assert intake(workspace, write(tmp_path / "first", first), key, scratch)[0] == 0
    old = snapshot(workspace)
    start = time.monotonic()
    place = write(tmp_path / "second", second)
    assert intake(workspace, place, key, scratch)[0] == 0
    length = time.monotonic() - start
    new = snapshot(workspace)
    assert old != new
    dice = random.Random(1)
    moments = [length * share for share in (0.4, *(0.7 + 0.3 * dice.random() for _ in range(7)))]
    places = {True: tmp_path / "first", False: place}
    for moment in moments:
        # Whichever snapshot is there, the other one is on its way in.
        is_new = snapshot(workspace) == new
        assert killed(workspace, places[is_new], key, scratch, [moment])[0] in (old, new)
    # The next run completes what is left, and DVC's pointer and the folder say the same.
    assert intake(workspace, place, key, scratch)[0] == 0
    assert snapshot(workspace) == new
    pointer = (workspace.deliveries / f"{EDITION}.dvc").read_text(encoding="utf-8")
    assert tree_hash(workspace.deliveries / EDITION) in pointer
    assert [path.name for path in workspace.deliveries.iterdir() if path.name.startswith(f".{EDITION}")] == []


@pytest.mark.parametrize(
    "bad", [bad for bad in BAD if bad.ruling in "RSQ" and bad.row % 4 == 0], ids=lambda bad: bad.name
)
def test_no_refusal_echoes_a_cell(bad: Bad, earlier_workspace: Workspace, key: Path, tmp_path: Path) -> None:

    assert hasattr(bad, "delivery")
    outcome = read(earlier_workspace, bad.delivery(tmp_path / "inbox"), key)
    said = "\n".join([*lines(outcome, Language("sv")), str(error_of(outcome))])
    assert traces(said.encode()) == set()
