"""Warnings are errors here: no measure may divide by zero on the quiet."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/equity/" in str(item.path):
            item.add_marker(pytest.mark.filterwarnings("error"))
