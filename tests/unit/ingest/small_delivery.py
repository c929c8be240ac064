"""Two deliveries of one small school, in the form that Project STAR's source mapping reads."""

import shutil
from pathlib import Path

from likvard.params import Params, read_params
from likvard.workspace import Workspace

REPOSITORY = Path(__file__).parents[3]
FILES = {
    "pupils.csv": "pupil,school_year,grade,school,class,class_type,gender,ethnicity,lunch,reading,mathematics\n"
    "aaaaaaaa,{year},3,01,01-01,S,F,cauc,free,600,610.5\n"
    "bbbbbbbb,{year},3,01,01-01,R,M,afam,non-free,,620\n",
    "schools.csv": "school,school_year,system,locality,name\n01,{year},01,rural,School 1\n",
    "areas.csv": "system,school_year,name\n01,{year},School system 1\n",
    "teachers.csv": "class,school_year,school,degree,experience_years\n01-01,{year},01,master+,7\n",
}


def small_workspace(root: Path) -> tuple[Workspace, Params]:
    """A workspace with the project's contracts and params and the deliveries 1987-88 and 1988-89."""
    shutil.copytree(REPOSITORY / "data/contracts", root / "data/contracts")
    shutil.copy(REPOSITORY / "params.yaml", root)
    workspace = Workspace(root)
    for year in ("1987-88", "1988-89"):
        add_delivery(workspace, year)
    return workspace, read_params(workspace.params)


def add_delivery(workspace: Workspace, year: str) -> None:
    folder = workspace.deliveries / year
    folder.mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_text(text.replace("{year}", year), encoding="utf-8")


def replace(workspace: Workspace, place: str, old: str, new: str) -> None:
    """One text for another in a delivered file; ``place`` is ``<edition>/<file>``."""
    path = workspace.deliveries / place
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
