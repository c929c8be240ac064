from pathlib import Path
from typing import Any

import pytest
import yaml

from likvard.errors import ParamsError
from likvard.params import read_params

REPOSITORY = Path(__file__).parents[3]
GOOD: dict[str, Any] = {
    "edition": "1988-89",
    "source": "star",
    "municipality": "Project STAR",
    "language": "en",
    "draft": False,
    "groups": {"lunch": {"reference": "paid"}},
    "interval": {"level": 0.95},
    "disclosure": {"profile": "internal", "min_count": 5, "min_teachers": 3},
    "resampling": {"seed": 1, "draws": 400},
    "absence": {"extensive_share": 0.15, "least_offered_minutes": 1200, "least_coverage": 0.9},
}


def written(folder: Path, content: Any) -> Path:
    path = folder / "params.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return path


def problems(folder: Path, content: Any) -> tuple[str, ...]:
    with pytest.raises(ParamsError) as stop:
        read_params(written(folder, content))
    assert stop.value.exit_code == 5
    return stop.value.problems


def test_the_project_s_own_params_are_read() -> None:
    params = read_params(REPOSITORY / "params.yaml")
    assert params.edition == "1988-89"
    assert params.groups["lunch"].reference == "paid"
    assert params.disclosure.min_count == 5


def test_a_typo_in_a_key_suggests_the_key(tmp_path: Path) -> None:
    content = {("langauge" if key == "language" else key): value for key, value in GOOD.items()}
    assert set(problems(tmp_path, content)) == {
        "the key 'langauge' is not known – did you mean 'language'?",
        "the key 'language' is missing",
    }


def test_a_typo_below_a_key_says_where(tmp_path: Path) -> None:
    content = GOOD | {"disclosure": {"profile": "internal", "min_cuont": 5, "min_teachers": 3}}
    assert set(problems(tmp_path, content)) == {
        "the key 'min_cuont' is not known – did you mean 'min_count'? (in disclosure)",
        "the key 'disclosure.min_count' is missing",
    }


def test_a_typo_in_a_group_says_in_which(tmp_path: Path) -> None:
    content = GOOD | {"groups": {"lunch": {"referense": "paid"}}}
    assert set(problems(tmp_path, content)) == {
        "the key 'referense' is not known – did you mean 'reference'? (in groups.lunch)",
        "the key 'groups.lunch.reference' is missing",
    }


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("edition", 1989, "the key 'edition': input should be a valid string"),
        ("edition", "../1989", "the key 'edition': string should match pattern"),
        ("edition", "", "the key 'edition': string should match pattern"),
        ("source", "../star", "the key 'source': string should match pattern"),
        ("municipality", "", "the key 'municipality': string should have at least 1 character"),
        ("language", "fr", "the key 'language': input should be 'en' or 'sv'"),
        ("groups", {}, "the key 'groups': dictionary should have at least 1 item"),
        ("groups", {"lunch": "paid"}, "the key 'groups.lunch': input should be a valid dictionary"),
        ("groups", None, "the key 'groups': input should be a valid dictionary"),
        ("interval", {"level": 95}, "the key 'interval.level': input should be less than 1"),
        ("interval", {"level": 0.05}, "the key 'interval.level': input should be greater than 0.5"),
        ("interval", {"level": "0.95"}, "the key 'interval.level': input should be a valid number"),
        (
            "disclosure",
            {"profile": "internal", "min_count": 0, "min_teachers": 3},
            "the key 'disclosure.min_count': input should be greater",
        ),
        (
            "disclosure",
            {"profile": "internal", "min_count": 5.0, "min_teachers": 3},
            "the key 'disclosure.min_count': input should be a valid int",
        ),
        (
            "disclosure",
            {"profile": "internal", "min_count": True, "min_teachers": 3},
            "the key 'disclosure.min_count': input should be a valid int",
        ),
        (
            "disclosure",
            {"profile": "internal", "min_count": 5, "min_teachers": "3"},
            "the key 'disclosure.min_teachers': input should be a valid",
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_an_error(tmp_path: Path, key: str, value: object, said: str) -> None:
    (problem,) = problems(tmp_path, GOOD | {key: value})
    assert problem.startswith(said)


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    content = GOOD | {"language": "fr", "interval": {"level": 2}, "colour": "red"}
    del content["edition"]
    assert len(problems(tmp_path, content)) == 4


@pytest.mark.parametrize("content", ["", "- a\n- list\n", "only words"])
def test_a_file_that_says_nothing_misses_every_key(tmp_path: Path, content: str) -> None:
    assert set(problems(tmp_path, content)) == {f"the key {key!r} is missing" for key in GOOD}


@pytest.mark.parametrize("content", ["edition: [", "edition: 1\n\tsource: star"])
def test_a_file_that_is_no_yaml_cannot_be_read(tmp_path: Path, content: str) -> None:
    with pytest.raises(ParamsError, match=r"params\.yaml cannot be read"):
        read_params(written(tmp_path, content))


def test_a_file_that_is_no_text_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_bytes(b"edition: \xff\xfe")
    with pytest.raises(ParamsError, match=r"params\.yaml cannot be read"):
        read_params(tmp_path / "params.yaml")


def test_every_key_has_a_description() -> None:
    from likvard.params import DisclosureChoice, GroupChoice, IntervalChoice, Params

    models = (Params, GroupChoice, IntervalChoice, DisclosureChoice)
    assert [name for model in models for name, field in model.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("demo", ["exempelkommun", "sverige"])
def test_the_params_of_each_demo_say_all_that_likvard_needs_to_know(demo: str) -> None:
    content = Path(__file__).parents[3] / "src/likvard/demo" / demo / "params.yaml"
    assert read_params(content).language == "sv"
