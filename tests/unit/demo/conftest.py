from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from likvard.demo.exempelkommun import write_exempelkommun

CONTRACTS = Path(__file__).parents[3] / "data/contracts"


@dataclass(frozen=True)
class Municipality:
    """The delivered files as plain pandas sees them, and what is planted in them."""

    folder: Path
    truth: dict[str, Any]

    def read(self, file: str, encoding: str = "cp1252", **options: Any) -> pd.DataFrame:
        """All deliveries of one CSV file, as text, with the folder of each row in ``delivery``."""
        parts = [
            pd.read_csv(path, sep=";", encoding=encoding, dtype="str", keep_default_na=False, **options).assign(
                delivery=path.parent.name
            )
            for path in sorted(self.folder.glob(f"*/{file}"))
        ]
        return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="session")
def municipality(tmp_path_factory: pytest.TempPathFactory) -> Municipality:
    place = tmp_path_factory.mktemp("exempelkommun")
    write_exempelkommun(place / "deliveries", contracts=CONTRACTS, truth=place / "truth.json")
    return Municipality(place / "deliveries", json.loads((place / "truth.json").read_text(encoding="utf-8")))
