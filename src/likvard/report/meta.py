"""What a report says about itself: whose it is, which edition, and what it rests on."""

from dataclasses import dataclass
from typing import Literal

from likvard.language import Language

UnitKind = Literal["school", "area", "overview"]
QualityStatus = Literal["passed", "warnings", "waived"]
QUALITY_PAGE = "quality.html"


@dataclass(frozen=True)
class ReportMeta:
    """The identity and lineage of one report; every text in the report's own language, hashes in full."""

    title: str
    subtitle: str
    edition: str
    edition_label: str
    unit_kind: UnitKind
    unit_id: str
    unit_name: str
    language: str
    quality: str
    quality_status: QualityStatus
    data_hash: str
    code_version: str
    definitions: tuple[str, ...] = ()
    area_kind: str = ""
    """The kind that all areas of the edition are of, where there is one."""
    links: tuple[tuple[str, str], ...] = ()
    """(label, relative address) of neighbouring reports; only in HTML, since a PDF travels alone."""
    quality_page: str = ""
    """The relative address of the quality report; only in HTML."""
    log_head: str = ""
    """The head of the log of acts on the day the edition was begun; an empty text where no log is kept."""
    draft: bool = False
    """Whether it is marked as a draft."""


def kind_name(kind: UnitKind, language: Language, area_kind: str = "") -> str:
    """The name of a kind of report, as a heading or a group shows it."""
    if kind == "area" and area_kind == "municipality":
        return language.text("Municipality report")
    return {
        "school": language.text("School report"),
        "area": language.text("Area report"),
        "overview": language.text("Overview"),
    }[kind]
