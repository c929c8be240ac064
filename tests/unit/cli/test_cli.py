import sys
from pathlib import Path

import pytest

from likvard import __version__, cli
from likvard.errors import LikvardError, ParamsError, unknown


def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """The exit code and what was said on standard error, as a shell sees them."""
    monkeypatch.setattr(sys, "argv", ["likvard", *words])
    try:
        cli.main()
        code = 0
    except SystemExit as stop:
        code = int(stop.code or 0)
    return code, capsys.readouterr().err


# What a command needs beside its name.
WORDS = {
    "demo": ["demo", "exempelkommun", "new"],
    "fetch": ["fetch", "skolverket", "."],
    "intake": ["intake", ".", "--source", "any", "--edition", "2026Q3"],
    "reply": ["reply", ".", "--source", "any", "--edition", "2026Q3", "--to", "answer"],
    "keys": ["keys", "list"],
    "log": ["log", "show"],
    "verify": ["verify", "2026Q3"],
    "trace": ["trace", "aaaaaaaaaa"],
    "audit": ["audit", "2026Q3"],
    "crate": ["crate", "2026Q3", "--to", "crate"],
    "release": ["release", "show", "2026Q3"],
    "diff": ["diff", "2026Q3/1", "2026Q3/2"],
    "distribute": ["distribute", "2026Q3"],
    "duties": ["duties", "--to", "drafts"],
}


def test_outside_a_workspace_every_stage_says_so_with_its_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in set(cli.likvard.commands) - {"new-key"}:  # a key is made before there is a workspace
        words = WORDS.get(command, [command])
        code, said = call(monkeypatch, capsys, *words)
        assert code == 15, command
        assert said.startswith("likvard: ")
        assert "What to do: change to the folder" in said
        assert "Traceback" not in said


def test_a_fault_in_params_has_its_own_code_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "dvc.yaml").touch()
    (tmp_path / "params.yaml").write_text("edition: 1988-89\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    code, said = call(monkeypatch, capsys, "ingest")
    assert code == 5
    assert "the key 'source' is missing" in said
    assert "Traceback" not in said


def test_with_debug_the_error_itself_is_raised(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["likvard", "--debug", "ingest"])
    with pytest.raises(LikvardError):
        cli.main()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ingset"], "ingset"),
        (["ingest", "--fast"], "--fast"),
        (["report", "--kind", "county"], "county"),
        (["report", "--jobs", "0"], "0"),
    ],
)
def test_wrong_use_is_code_2_and_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    code, message = call(monkeypatch, capsys, *words)
    assert code == 2
    assert said in message


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (RuntimeError("19990101-1234"), 1)])
def test_an_interruption_and_a_fault_of_ours_have_codes_and_show_no_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("likvard.workspace.Workspace.find", fail)
    found, said = call(monkeypatch, capsys, "ingest")
    assert found == code
    assert "19990101" not in said
    assert "run the same command" in said


def test_the_version_is_the_package_s(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["likvard", "--version"])
    cli.main()
    assert capsys.readouterr().out == f"likvard, version {__version__}\n"


def test_the_help_loads_none_of_the_heavy_libraries() -> None:
    import subprocess

    heavy = "pandas matplotlib great_expectations papermill scipy dvc IPython"
    probe = f"import sys, likvard.cli; print(sorted(set('{heavy}'.split()) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_message_has_what_happened_each_problem_and_what_to_do() -> None:
    error = ParamsError("It does not fit.", ["one", "two"], advice="mend it.")
    assert str(error) == "It does not fit.\n  - one\n  - two\nWhat to do: mend it."


def test_a_message_of_many_problems_ends_with_how_many_more() -> None:
    lines = str(ParamsError("Too much.", [f"problem {number}" for number in range(23)])).splitlines()
    assert len(lines) == 22
    assert lines[-2:] == ["  - problem 19", "  … and 3 more"]


def test_an_unknown_name_suggests_a_near_one_and_only_a_near_one() -> None:
    assert (
        unknown("the key", "edtion", ["edition", "source"]) == "the key 'edtion' is not known – did you mean 'edition'?"
    )
    assert unknown("the key", "zzz", ["edition", "source"]) == "the key 'zzz' is not known"


def test_notebooks_and_checks_are_loaded_without_the_grammar_that_takes_longest() -> None:
    import subprocess

    script = "import likvard, nbformat, great_expectations, sys; print(sys.modules['rfc3987_syntax'])"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "None"
