"""How Great Expectations measures a coded table: only the columns that a rule is about, and each distinct text once.

Its own engine copies the whole table for every rule about one delivery, and writes every cell out to look at its form. What is
measured, and what follows from it, stays Great Expectations' own.
"""

# mypy: disable-error-code="misc,no-untyped-call,no-untyped-def,untyped-decorator"

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
from great_expectations.core.batch import BatchMarkers
from great_expectations.datasource.fluent import PandasDatasource
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.execution_engine.pandas_batch_data import PandasBatchData
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    MulticolumnMapMetricProvider,
)
from great_expectations.expectations.metrics.map_metric_provider.column_condition_partial import (
    column_condition_partial,
)
from great_expectations.expectations.metrics.map_metric_provider.multicolumn_condition_partial import (
    multicolumn_condition_partial,
)
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.expectations.row_conditions import deserialize_row_condition

from likvard.validate.coded import is_coded, of_texts, repeated


class CodedEngine(PandasExecutionEngine):
    """The engine for one coded table, whose rules are about all of its rows or about those of one delivery."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._places: dict[str, slice | np.ndarray] = {}

    def get_batch_data_and_markers(self, batch_spec: Any) -> tuple[PandasBatchData, BatchMarkers]:
        """The table as it is. Its fingerprint, which nobody reads, would take longer than most rules."""
        data = PandasBatchData(execution_engine=self, dataframe=batch_spec.batch_data)
        batch_spec.batch_data = "PandasDataFrame"
        return data, BatchMarkers({"ge_load_time": datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")})

    def get_domain_records(self, domain_kwargs: dict[str, Any]) -> pd.DataFrame:
        """The rows that a rule is about, with no other columns than its own."""
        frame: pd.DataFrame = self.dataframe
        columns = domain_kwargs.get("column_list") or [
            domain_kwargs[key] for key in ("column",) if key in domain_kwargs
        ]
        rows = frame[list(columns)] if columns else frame
        if domain_kwargs.get("row_condition"):
            rows = rows.iloc[self._of_delivery(deserialize_row_condition(domain_kwargs["row_condition"]))]
        if domain_kwargs.get("ignore_row_if") == "any_value_is_missing":
            rows = rows.dropna()
        return rows

    def _of_delivery(self, condition: Any) -> slice | np.ndarray:
        """Where the rows of a delivery are, which are mostly one after another."""
        name = str(condition.parameter)
        if name not in self._places:
            places = np.flatnonzero(self.dataframe[condition.column.name] == name)
            together = len(places) and places[-1] - places[0] + 1 == len(places)
            self._places[name] = slice(places[0], places[-1] + 1) if together else places
        return self._places[name]


class CodedTables(PandasDatasource):
    """Where Great Expectations gets coded tables from."""

    type: Literal["coded"] = "coded"
    execution_engine_override: ClassVar = CodedEngine


class TypesOfColumns(TableMetricProvider):
    """What the columns hold: texts, where texts are coded."""

    metric_name = "table.column_types"
    value_keys = ("include_nested",)

    @metric_value(engine=CodedEngine)
    def _pandas(cls, execution_engine: CodedEngine, **_: Any) -> list[dict[str, Any]]:  # noqa: N805
        types = execution_engine.dataframe.dtypes.items()
        return [{"name": name, "type": kind.categories.dtype if is_coded(kind) else kind} for name, kind in types]


class TextsMatchRegex(ColumnMapMetricProvider):
    """Which cells have the form, asked of each distinct text."""

    condition_metric_name = "column_values.match_regex"
    condition_value_keys = ("regex",)

    @column_condition_partial(engine=CodedEngine)
    def _pandas(cls, column: pd.Series, regex: str, **_: Any) -> pd.Series:  # noqa: N805
        return of_texts(column, lambda texts: texts.str.contains(regex))


class NumbersBetween(ColumnMapMetricProvider):
    """Which numbers are within limits, all at once; Great Expectations' own does so only where a column can have no empty cells."""

    condition_metric_name = "column_values.between"
    condition_value_keys = ("min_value", "max_value", "strict_min", "strict_max")

    @column_condition_partial(engine=CodedEngine)
    def _pandas(cls, column: pd.Series, min_value: Any = None, max_value: Any = None, **_: Any) -> pd.Series:  # noqa: N805
        return column.ge(-np.inf if min_value is None else min_value) & column.le(
            np.inf if max_value is None else max_value
        )


class KeysUnique(MulticolumnMapMetricProvider):
    """Which rows no other has the key of, each key as one number."""

    condition_metric_name = "compound_columns.unique"
    condition_domain_keys = ("batch_id", "table", "column_list", "row_condition", "condition_parser", "ignore_row_if")

    @multicolumn_condition_partial(engine=CodedEngine)
    def _pandas(cls, column_list: pd.DataFrame, **_: Any) -> pd.Series:  # noqa: N805
        return ~repeated(column_list)
