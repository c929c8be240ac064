"""What a person can set, call or read is documented, and in Swedish too."""

import re
import string
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from pydantic import BaseModel

from likvard.cli import likvard
from likvard.indicators.registry import fingerprint, read_registry, read_versions
from likvard.params import Params
from likvard.reference import pages
from likvard.workspace import Workspace

REPOSITORY = Path(__file__).parents[2]
SWEDISH = REPOSITORY / "src/likvard/language/sv.po"


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Every text that reports can say, as the command in ``likvard.language`` finds them."""
    target = tmp_path_factory.mktemp("texts") / "likvard.pot"
    subprocess.run(
        [
            *(sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract"),
            *("-F", "babel.cfg", "-k", "text", "-k", "say", "-o", str(target), "."),
        ],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )
    with target.open("rb") as stream:
        return read_po(stream)


@pytest.fixture(scope="module")
def swedish() -> Catalog:
    with SWEDISH.open("rb") as stream:
        return read_po(stream, locale="sv")


def texts(catalog: Catalog) -> dict[str, str]:
    return {str(message.id): str(message.string or "") for message in catalog if message.id}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def keys_of(model: type[BaseModel], above: str = "") -> list[str]:
    """Every key of params.yaml, with dots between the levels; ``<name>`` where the user chooses the name."""
    keys = []
    for name, field in model.model_fields.items():
        key = above + name
        keys.append(key)
        inner = [
            part for part in (field.annotation, *getattr(field.annotation, "__args__", ())) if isinstance(part, type)
        ]
        for part in inner:
            if issubclass(part, BaseModel):
                chosen = "" if part is field.annotation else "<name>."
                keys += keys_of(part, f"{key}.{chosen}")
    return keys


def test_every_text_has_a_swedish_translation(extracted: Catalog, swedish: Catalog) -> None:
    there = texts(swedish)
    assert len(texts(extracted)) > 100
    assert [text for text in texts(extracted) if not there.get(text, "").strip()] == []


def test_no_swedish_text_is_empty_or_a_guess(swedish: Catalog) -> None:
    assert [message.id for message in swedish if message.id and (not message.string or message.fuzzy)] == []


def test_no_swedish_text_is_left_over(extracted: Catalog, swedish: Catalog) -> None:
    assert sorted(set(texts(swedish)) - set(texts(extracted))) == []


def test_a_translation_has_the_placeholders_of_its_text(swedish: Catalog) -> None:
    differing = {
        msgid: (placeholders(msgid), placeholders(translation))
        for msgid, translation in texts(swedish).items()
        if placeholders(msgid) != placeholders(translation)
    }
    assert differing == {}


@pytest.mark.parametrize("command", sorted(likvard.commands))
def test_every_command_is_documented(command: str) -> None:
    text = (REPOSITORY / "docs/commands.md").read_text(encoding="utf-8")
    assert f"## `likvard {command}`\n" in text, f"docs/commands.md says nothing about `likvard {command}`"


@pytest.mark.parametrize("page", ["commands", "params"])
def test_the_readme_leads_to_the_reference_pages(page: str) -> None:
    assert f"docs/{page}.md" in (REPOSITORY / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", ["report", "test", "lab"])
def test_the_readme_names_every_way_in(target: str) -> None:
    assert f"make {target}" in (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_the_readme_cites_the_data() -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert [part for part in ("Achilles", "2008", "10.7910/DVN/SIWH9F", "CC0") if part not in text] == []


@pytest.mark.parametrize("key", keys_of(Params))
def test_every_key_of_params_is_explained(key: str) -> None:
    page = REPOSITORY / "docs/params.md"
    assert page.is_file(), "docs/params.md, which messages point to, is not there"
    text = page.read_text(encoding="utf-8")
    assert f"`{key}`" in text, f"docs/params.md says nothing about `{key}`"


def test_the_keys_of_params_are_found_at_every_level() -> None:
    assert {"edition", "groups.<name>.reference", "interval.level", "disclosure.min_count"} <= set(keys_of(Params))


def test_every_exit_code_is_in_the_readme_or_the_docs() -> None:
    from likvard.errors import LikvardError

    pages = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    codes = sorted({kind.exit_code for kind in LikvardError.__subclasses__()} | {130})
    assert [code for code in codes if not re.search(rf"\|\s*`?{code}`?\s*\|", text)] == []


def test_each_kind_of_error_has_an_exit_code_of_its_own() -> None:
    from likvard.errors import LikvardError

    codes = [kind.exit_code for kind in LikvardError.__subclasses__()]
    assert len(codes) == len(set(codes))
    assert set(codes).isdisjoint({0, 1, 2, 130})


@pytest.mark.parametrize("page", sorted(pages(Workspace(REPOSITORY))))
def test_a_reference_page_says_what_the_code_says(page: str) -> None:
    written = (REPOSITORY / "docs" / page).read_text(encoding="utf-8")
    assert written == pages(Workspace(REPOSITORY))[page], "run `make docs` and commit docs/"


def test_a_definition_that_changes_gets_a_new_version() -> None:
    known = read_versions(REPOSITORY / "data/contracts/indicator_versions.txt")
    now = {
        (found.id, found.version): fingerprint(found) for found in read_registry(REPOSITORY / "data/contracts").values()
    }
    changed = [
        f"{name} version {version}" for (name, version), digest in now.items() if known.get((name, version)) != digest
    ]
    assert changed == [], "give it the next version, write what changed into CHANGELOG.md and run `make docs`"


def test_a_change_of_a_definition_changes_its_fingerprint() -> None:
    found = read_registry(REPOSITORY / "data/contracts")["reading_threshold_share"]
    assert fingerprint(found) != fingerprint(found.model_copy(update={"decimals": 3}))
