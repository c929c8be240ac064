"""How reports and pages name the code that made them.

It lies apart from the hashes, which stages read that are to run anew only where their own code has changed.
"""

from __future__ import annotations

from likvard.lineage import code_hash


def code_version() -> str:
    """The version of likvard with the hash of its source, which holds for a changed copy too."""
    from likvard import __version__

    return f"likvard {__version__} ({code_hash()[:12]})"
