"""Reproducible equity reports about schools and areas, from DVC-versioned data."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from likvard.report.view import open_report

__version__ = "0.1.0"
__all__ = ["__version__", "open_report"]

# nbformat and Great Expectations bring jsonschema, and that a grammar of international addresses which takes longer to load than
# all the rest of them. No schema of theirs has such an address; without the grammar jsonschema leaves out that one check.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def __getattr__(name: str) -> Any:
    # Nothing is loaded before it is asked for: the command line must answer at once.
    if name == "open_report":
        from likvard.report.view import open_report

        return open_report
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
