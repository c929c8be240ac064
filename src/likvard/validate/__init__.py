"""The staged tables are judged by their contracts, and the gate opens or stays closed."""

from likvard.validate.run import run

__all__ = ["run"]
