"""A small town: its record and its quantities."""

import pandas as pd
import pytest
from small_town import INTERNAL, SCHOOLS, record_of_town

from likvard.disclosure.quantities import Quantities, quantities
from small_registry import REGISTRY


@pytest.fixture(scope="module")
def record() -> pd.DataFrame:
    return record_of_town()


@pytest.fixture(scope="module")
def found(record: pd.DataFrame) -> Quantities:
    return quantities(record, REGISTRY, SCHOOLS, INTERNAL)
