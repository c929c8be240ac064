"""The sample report, built once for all tests of its form."""

import nbformat
import pytest
import sample


@pytest.fixture(scope="session")
def english() -> nbformat.NotebookNode:
    return sample.notebook("en")


@pytest.fixture(scope="session")
def swedish() -> nbformat.NotebookNode:
    return sample.notebook("sv")
