"""The files that describe the environment agree, and no file in git names a machine, a registry or a person's address."""

import re
import tomllib

import pytest
import yaml

from repository import REPOSITORY, repository_files

PYPROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
ONLY_FOR_CONDA = {"git", "make", "pip", "python"}
# Put together from parts, so that this file itself does not name them.
REGISTRIES = [
    "".join(parts)
    for parts in (
        ("py", "pi.org"),
        ("python", "hosted.org"),
        ("anaconda", ".org"),
        ("anaconda", ".com"),
        ("npm", "js.org"),
        ("npm", "js.com"),
        ("crates", ".io"),
        ("proxy.go", "lang.org"),
        ("art", "ifactory"),
    )
]
MACHINE_PATH = re.compile(
    "(?<![\\w.])/(?:" + "|".join(("wo" + "rk", "ro" + "ot", "tmp/d" + "ev", "home/\\w+", "Us" + "ers")) + ")/"
)
# The domains that are reserved for examples (RFC 2606) lead to nobody.
E_MAIL = re.compile(r"[\w.+-]+@(?!example\.(?:org|com|net)\b)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b")


def requirements(lines: list[str]) -> dict[str, str]:
    """The bounds by package name."""
    found = [re.fullmatch(r"([A-Za-z0-9._-]+)\s*(.*)", line) for line in lines]
    return {match[1].lower().replace("_", "-"): match[2].replace(" ", "") for match in found if match}


def conda_environment() -> dict[str, str]:
    listed = yaml.safe_load((REPOSITORY / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    by_pip = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    return requirements([line for line in [*listed, *by_pip] if isinstance(line, str) and not line.startswith("--")])


def locked() -> list[str]:
    """The requirements of the lock, each with its continuation lines."""
    text = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
    return [entry for entry in re.sub(r"\\\n\s+", "", text).splitlines() if entry.strip() and not entry.startswith("#")]


def text_files() -> dict[str, str]:
    """The text of every file that git tracks (or would, if it were added)."""
    paths = [REPOSITORY / name for name in repository_files()]
    contents = {path: path.read_bytes() for path in paths}
    return {
        path.relative_to(REPOSITORY).as_posix(): content.decode("utf-8")
        for path, content in contents.items()
        if b"\0" not in content and path.suffix not in (".png", ".pdf")
    }


def places(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}"
        for name, text in text_files().items()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_conda_users_get_the_same_packages_with_the_same_bounds() -> None:
    project = PYPROJECT["project"]
    wanted = requirements([*project["dependencies"], *project["optional-dependencies"]["dev"]])
    conda = conda_environment()
    assert {name: bound for name, bound in conda.items() if name not in ONLY_FOR_CONDA} == wanted


def test_conda_users_get_the_same_python() -> None:
    wanted = set(PYPROJECT["project"]["requires-python"].split(","))
    assert set(conda_environment()["python"].split(",")) == wanted


def test_conda_users_get_likvard_itself() -> None:
    assert "--editable ." in (REPOSITORY / "environment.yml").read_text(encoding="utf-8")


def test_every_locked_package_has_one_version_and_a_hash() -> None:
    assert len(locked()) > 100
    form = re.compile(r"[a-z0-9][a-z0-9._-]*==[^\s;]+(?: ; [^\\]+?)?\s*(?:--hash=sha256:[0-9a-f]{64}\s*)+")
    assert [entry[:60] for entry in locked() if not form.fullmatch(entry)] == []


def test_the_lock_has_every_package_of_the_project() -> None:
    project = PYPROJECT["project"]
    wanted = requirements([*project["dependencies"], *project["optional-dependencies"]["dev"]])
    names = {re.split(r"==| ", entry)[0] for entry in locked()}
    assert set(wanted) - names == set()
    # Set up without build isolation: the build backend must be in the lock as well.
    assert {re.split(r"[<>=]", name)[0] for name in PYPROJECT["build-system"]["requires"]} - names == set()


def test_the_lock_has_no_address() -> None:
    text = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
    assert re.findall(r"://|--(?:extra-)?index-url|--find-links|--trusted-host", text) == []


def test_no_file_in_git_names_a_package_registry() -> None:
    assert places(re.compile("|".join(map(re.escape, REGISTRIES)))) == []


def test_no_file_in_git_names_a_folder_of_somebody_s_machine() -> None:
    assert places(MACHINE_PATH) == []


def test_no_file_in_git_has_an_e_mail_address() -> None:
    assert places(E_MAIL) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE_PATH, "see /" + "root/likvard"),
        (MACHINE_PATH, '"/' + "work/main/data" + '"'),
        (MACHINE_PATH, "/" + "home/anna/likvard"),
        (E_MAIL, "ask anna" + "@" + "kommun.se."),
    ],
)
def test_the_patterns_find_what_they_look_for(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


def test_no_pupil_data_is_in_git_outside_the_public_remote() -> None:
    tables = [name for name in text_files() if name.endswith((".csv", ".parquet"))]
    assert [name for name in tables if not name.startswith(("data/contracts/codes/", "tests/"))] == []
