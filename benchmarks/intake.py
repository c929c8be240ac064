"""How long intake takes for a whole quarter of 100,000 pupils: the list, a term of grades and three months of absence.

``python benchmarks/intake.py FOLDER`` writes the delivery and a workspace below FOLDER, which must not exist, and prints seconds,
rows and the most memory that was in use. Nothing is left out: reading, checks, pseudonyms, the snapshot and ``dvc add``.
"""

from __future__ import annotations

import os
import resource
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path

from likvard.demo.exempelkommun import write_exempelkommun

REPOSITORY = Path(__file__).resolve().parent.parent
EDITION = "2023Q4"
LIKVARD = Path(sys.executable).with_name("likvard")


def check_digit(nine: str) -> str:
    products = [int(digit) * (2 - place % 2) for place, digit in enumerate(nine)]
    return str(-sum(product // 10 + product % 10 for product in products) % 10)


def identified(folder: Path) -> int:
    """The number of rows about persons, which now have personal identity numbers in the place of pseudonyms."""
    files = {"elever.csv": "cp1252", "betyg.csv": "cp1252", "franvaro.csv": "utf-8", "stodinsatser.csv": "cp1252"}
    texts = {name: (folder / name).read_bytes().decode(encoding).splitlines() for name, encoding in files.items()}
    numbers: dict[str, str] = {}
    for seat, line in enumerate(texts["elever.csv"][1:]):
        grade = line.split(";")[3]
        born = 2017 - (0 if grade == "F" else int(grade))
        nine = f"{born % 100:02d}{seat % 12 + 1:02d}{seat // 12 % 28 + 1:02d}{seat // 336 % 1000:03d}"
        numbers[line.split(";", 1)[0]] = f"20{nine}{check_digit(nine)}"
    for name, (header, *rows) in texts.items():
        theirs = "personnummer" if header.startswith("pseudonym") else "Personnummer"
        split = [row.split(";", 1) for row in rows]
        written = [f"{numbers[one]};{rest}" for one, rest in split if one in numbers]
        text = "\n".join([f"{theirs};{header.split(';', 1)[1]}", *written]) + "\n"
        (folder / name).write_bytes(text.encode(files[name]))
    return sum(len(lines) - 1 for lines in texts.values())


def main(folder: Path, pupils: int = 100_000) -> None:
    folder.mkdir(parents=True)
    write_exempelkommun(folder / "quarters", pupils=pupils, contracts=REPOSITORY / "data/contracts")
    rows = identified(folder / "quarters" / EDITION)
    root = folder / "workspace"
    shutil.copytree(REPOSITORY / "data/contracts", root / "data/contracts")
    for name in ("params.yaml", "dvc.yaml", ".dvc/config", "data/waivers.yaml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, root / name)
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    (folder / "key").write_text(secrets.token_hex(32), encoding="ascii")
    (folder / "key").chmod(0o600)
    words = ["intake", str(folder / "quarters" / EDITION), "--source", "exempelkommun", "--edition", EDITION]
    start = time.monotonic()
    done = subprocess.run(
        [str(LIKVARD), *words, "--received", "2024-01-10"],
        cwd=root,
        env=os.environ | {"LIKVARD_KEY_FILE": str(folder / "key")},
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - start
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    sys.stdout.write(f"{done.stdout}{done.stderr}exit code {done.returncode}: {rows:,} rows about persons, ")
    sys.stdout.write(f"{seconds:.1f} s, at most {memory:.2f} GiB\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
