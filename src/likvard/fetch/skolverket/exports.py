"""Skolverket's exports as they lie in a folder: each file is known by what is in it, not by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from likvard.errors import DeliveryMissingError, FileUnreadableError
from likvard.fetch.delivery import Fetched, table_of
from likvard.fetch.skolverket import planned_educations, schools, siris

SUFFIXES = (".csv", ".csv.gz", ".xlsx")
Reader = Callable[[str, bytes, datetime], Fetched]


@dataclass(frozen=True)
class Exports:
    """What some exports say together.

    ``publications``: the figures of school units, the publication to trust most first. ``municipality_figures``: those of
    municipalities. ``units``: one row per school unit with name, municipality and type of organiser; ``fetched``: each file's
    tables and origin, by its name.
    """

    publications: list[pd.DataFrame]
    municipality_figures: pd.DataFrame
    municipalities: pd.DataFrame
    units: pd.DataFrame
    fetched: dict[str, Fetched]


def files_at(paths: list[Path]) -> dict[str, bytes]:
    """The exports among ``paths``, and directly in those that are folders, by file name.

    Errors: ``DeliveryMissingError`` where there is none; ``FileUnreadableError`` where two have the same name.
    """
    found = [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
    wanted = [file for file in found if file.is_file() and file.name.endswith(SUFFIXES)]
    if not wanted:
        raise DeliveryMissingError(
            "There is no export to read.",
            [str(path) for path in paths],
            advice=f"name the files, or the folder, that you saved Skolverket's exports in ({', '.join(SUFFIXES)}).",
        )
    twice = sorted({file.name for file in wanted if [other.name for other in wanted].count(file.name) > 1})
    if twice:
        raise FileUnreadableError(
            "Two files have the same name, so nobody could tell later which was read.", twice, advice="rename one."
        )
    return {file.name: file.read_bytes() for file in wanted}


def read_files(files: Mapping[str, bytes], retrieved_at: datetime) -> dict[str, Fetched]:
    """The exports in ``files``, each read. Errors: those of the readers: a file that cannot be read stops them all."""
    return {name: reader_of(content)(name, content, retrieved_at) for name, content in files.items()}


def exports_of(fetched: Mapping[str, Fetched]) -> Exports:
    """What was ``fetched``, from files or the API, put together."""
    order = (siris.SOURCE, planned_educations.SOURCE, schools.SOURCE)
    by_source = sorted(fetched.values(), key=lambda one: order.index(one.origin["source"]))
    municipalities = _together(by_source, "municipalities", siris.MUNICIPALITY_COLUMNS)
    return Exports(
        publications=[one.tables["figures"] for one in by_source if "figures" in one.tables],
        municipality_figures=_together(by_source, "municipality_figures", siris.MUNICIPALITY_FIGURE_COLUMNS),
        municipalities=municipalities.drop_duplicates("municipality_code", ignore_index=True),
        units=_units(by_source, municipalities),
        fetched=dict(fetched),
    )


def reader_of(content: bytes) -> Reader:
    """The reader for a file of this content; what looks like none of the others is taken for a SIRIS export."""
    start = content[:200].removeprefix("\ufeff".encode())
    if content.startswith(b"PK"):
        return siris.read_municipalities_over_time
    if content.startswith(b"\x1f\x8b") or start.startswith(",".join(planned_educations.LONG_COLUMNS).encode()):
        return planned_educations.read_long_csv
    if start.startswith(b"kod,namn,"):
        return schools.read_schools
    return siris.read_school_units


def _together(fetched: list[Fetched], table: str, columns: Mapping[str, str]) -> pd.DataFrame:
    """All rows of one table; where two exports have a figure twice, both stay."""
    parts = [one.tables[table] for one in fetched if table in one.tables]
    return pd.concat(parts, ignore_index=True) if parts else table_of([], columns)


def _units(fetched: list[Fetched], municipalities: pd.DataFrame) -> pd.DataFrame:
    """The school units with ``school_unit_code``, ``school_name``, ``municipality_code``, ``municipality``, ``organiser_type``.

    They are those of the collected table where it is among the exports (it holds the schools that have results), else those of
    the SIRIS exports, which also say in which municipality a unit lies. A unit whose municipality nobody tells has no code.
    """
    listed = [one.tables["school_units"] for one in fetched if "school_units" in one.tables]
    if not listed:
        return table_of([], dict.fromkeys([*_UNIT, "municipality"], "string"))
    coded = [units for units in listed if "municipality_code" in units]
    collected = [units for units in listed if "municipality_code" not in units]
    chosen = pd.concat(collected or coded, ignore_index=True).drop_duplicates("school_unit_code")
    if collected:
        code_of_unit = _lookup(coded, "school_unit_code")
        code_of_name = _lookup([*coded, municipalities], "municipality")
        by_name = chosen["municipality"].map(code_of_name)
        codes = chosen["school_unit_code"].map(code_of_unit).fillna(by_name).astype("string")
        chosen = chosen.assign(municipality_code=codes)
    return chosen[[*_UNIT, "municipality"]].reset_index(drop=True)


_UNIT = ["school_unit_code", "school_name", "municipality_code", "organiser_type"]


def _lookup(tables: list[pd.DataFrame], key: str) -> dict[str, str]:
    """The municipality code of each unit code or municipality name; names that two municipalities share are in none."""
    pairs = [table[[key, "municipality_code"]] for table in tables if len(table)]
    if not pairs:
        return {}
    known = pd.concat(pairs).drop_duplicates()
    sure = known[~known[key].duplicated(keep=False)]
    return dict(zip(sure[key], sure["municipality_code"], strict=True))
