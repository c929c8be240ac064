"""The page that opens an edition: every report, found by typing a part of a name, in one file that works from disk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files

from likvard.language import Language
from likvard.report.changes import Change
from likvard.report.meta import QualityStatus, UnitKind
from likvard.report.open_data import OPEN_DATA
from likvard.report.style import content_policy, page_template, style_sheet


@dataclass(frozen=True)
class IndexEntry:
    """One report in the index: its unit and the addresses of its two forms, relative to the index page."""

    unit_kind: UnitKind
    unit_id: str
    unit_name: str
    html: str
    pdf: str
    area_id: str = ""
    """For a school, the area that it is listed under."""
    pack: str = ""
    """The material for the meetings about the unit, where there is any."""


@dataclass(frozen=True)
class _Group:
    name: str
    area: IndexEntry | None
    schools: tuple[IndexEntry, ...]


def render_index(
    edition_label: str,
    language: Language,
    entries: Iterable[IndexEntry],
    quality: str = "",
    quality_status: QualityStatus = "passed",
    quality_page: str = "",
    data_hash: str = "",
    code_version: str = "",
    changes: tuple[Sequence[Change], int] = ((), 0),
    open_figures: int = 0,
    figures: str = "",
) -> str:
    """The index page of an edition: the overview, then each area with its schools, in the order of the alphabet.

    ``figures`` is what ``look_up`` tells of the figures in the reports.
    """
    listed = sorted(entries, key=lambda entry: (language.sort_key(entry.unit_name), entry.unit_id))
    templates = files(__package__).joinpath("templates/html")
    script = "".join(templates.joinpath(name).read_text(encoding="utf-8") for name in ("index.js", "look_up.js"))
    return page_template("index.html.j2").render(
        edition_label=edition_label,
        language=language.code,
        text=language.text,
        overviews=[entry for entry in listed if entry.unit_kind == "overview"],
        groups=_groups(listed, language),
        total=len(listed),
        quality=quality,
        quality_status=quality_status,
        quality_page=quality_page,
        data_hash=data_hash,
        code_version=code_version,
        style=style_sheet(),
        changes=changes[0],
        looked_at=language.number(changes[1]),
        open_data=OPEN_DATA,
        open_figures=language.number(open_figures) if open_figures else "",
        figures=figures,
        script=script,
        policy=content_policy(style_sheet(), script),
    )


def _groups(listed: Sequence[IndexEntry], language: Language) -> list[_Group]:
    areas = [entry for entry in listed if entry.unit_kind == "area"]
    schools = [entry for entry in listed if entry.unit_kind == "school"]
    groups = [
        _Group(area.unit_name, area, tuple(school for school in schools if school.area_id == area.unit_id))
        for area in areas
    ]
    known = {area.unit_id for area in areas}
    homeless = tuple(school for school in schools if school.area_id not in known)
    return groups + ([_Group(language.text("Schools without an area report"), None, homeless)] if homeless else [])
