"""A OneRoster archive's tables as the file of a delivery: the pupils of one day.

Grades are not taken: a OneRoster result is a number in a teacher's book, not a grade that was set.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date

import pandas as pd

from likvard.fetch.roll import rows_on, term_of


def files_of(
    tables: Mapping[str, pd.DataFrame], on: date, class_pattern: str, identified_by: str, clear: Collection[str]
) -> dict[str, pd.DataFrame]:
    """``pupils`` with the columns that the source mapping ``oneroster`` reads; all cells are texts.

    A pupil belongs to the school and home class that she is enrolled in ``on`` that day; a class whose name does not become a
    ``class_pattern`` is left blank. Everyone whose marking is not ``clear`` is among the pupils, enrolled or not, so that intake
    learns of the marking. Persons are named by their sourcedId (``local``) or by ``identifier`` (``person_number``).
    """
    users = tables["users"][tables["users"]["role"].eq("student")].set_index("person")
    codes = tables["orgs"].set_index("org")["org_code"].dropna()
    home = tables["classes"][tables["classes"]["class_type"].eq("homeroom")][["class", "title"]]
    days = tables["enrollments"].rename(columns={"begin_date": "start_date"})
    there = rows_on(days[days["role"].eq("student") & days["person"].isin(users.index)], on).merge(
        home, on="class", how="left"
    )
    there["school_unit_code"] = there["school"].map(codes)
    there["class"] = there["school_unit_code"] + "-" + there["title"].str.replace(r"\s", "", regex=True).str.upper()
    there["class"] = there["class"].where(there["class"].map(lambda name: bool(re.fullmatch(class_pattern, str(name)))))
    by_school = there.sort_values(["person", "school_unit_code", "class"]).drop_duplicates(
        ["person", "school_unit_code"]
    )
    rows = by_school[["person", "school_unit_code", "class"]]
    absent = users.index[~users.index.isin(rows["person"])]
    rows = pd.concat([rows, pd.DataFrame({"person": absent})], ignore_index=True)
    sex = tables["demographics"].set_index("person")["sex"] if "demographics" in tables else pd.Series(dtype="string")
    rows = rows.assign(
        term=term_of(on),
        marking=rows["person"].map(users["marking"]),
        grade=rows["person"].map(users["grades"]),
        sex=rows["person"].map(sex),
    )
    rows = rows[rows["school_unit_code"].notna() | ~rows["marking"].isin(list(clear))]
    if identified_by == "person_number":
        rows["person"] = rows["person"].map(users["person_number"]).fillna("")
    return {"pupils": rows[["person", "term", "marking", "grade", "school_unit_code", "class", "sex"]]}
