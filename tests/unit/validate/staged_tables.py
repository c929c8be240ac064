"""Two school years of one small area, as ingest stages them, and a workspace around them."""

import shutil
from pathlib import Path

import pandas as pd

from likvard.params import Params, read_params
from likvard.tables import write_table
from likvard.workspace import Workspace

REPOSITORY = Path(__file__).parents[3]
PERIODS = ("1987-88", "1988-89")
TYPES = {"reading_score": "Float64", "mathematics_score": "Float64", "experience_years": "Int64", "source_row": "Int64"}


def clean_tables() -> dict[str, pd.DataFrame]:
    """One area, two schools, ten classes and ten pupils in each of two years, all within the contract."""
    number = range(10)
    pupils = {
        "pupil_id": [f"deadbe{i:02d}" for i in number],
        "grade": ["3"] * 10,
        "school_id": ["01", "02"] * 5,
        "class_id": [f"01-{i:02d}" for i in number],
        "class_type": ["small"] * 10,
        "gender": ["girl", "boy"] * 5,
        "ethnicity": ["white", "black"] * 5,
        "lunch": ["free", "paid"] * 5,
        "reading_score": [600.0 + i for i in number],
        "mathematics_score": [610.0 + i for i in number],
    }
    schools = {"school_id": ["01", "02"], "school_name": ["A", "B"], "area_id": ["01"] * 2, "locality": ["rural"] * 2}
    teachers = {
        "class_id": [f"01-{i:02d}" for i in number],
        "school_id": ["01", "02"] * 5,
        "degree": ["master"] * 10,
        "experience_years": [7] * 10,
    }
    areas = {"area_id": ["01"], "area_name": ["C"]}
    named = {"pupils": pupils, "schools": schools, "teachers": teachers, "areas": areas}
    return {name: pd.concat([delivered(name, rows, period) for period in PERIODS]) for name, rows in named.items()}


def delivered(name: str, rows: dict[str, list], period: str) -> pd.DataFrame:
    """The rows of one year, labelled by their line in the file: row 2 is the first."""
    frame = pd.DataFrame(rows).assign(period=period, source_file=f"{period}/{name}.csv")
    frame["source_row"] = range(2, len(frame) + 2)
    frame = frame.astype({column: TYPES.get(column, "string") for column in frame})
    return frame.set_index(pd.MultiIndex.from_product([[period], range(2, len(frame) + 2)]))


def workspace_with(tables: dict[str, pd.DataFrame], root: Path) -> tuple[Workspace, Params]:
    """A workspace with the project's own contracts and these staged tables."""
    shutil.copytree(REPOSITORY / "data/contracts", root / "data/contracts")
    shutil.copy(REPOSITORY / "params.yaml", root)
    workspace = Workspace(root)
    for name, frame in tables.items():
        write_table(frame.reset_index(drop=True), workspace.staged / f"{name}.parquet")
    return workspace, read_params(workspace.params)
