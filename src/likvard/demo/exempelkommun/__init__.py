"""Exempelkommun: the deliveries of a Swedish municipality that does not exist, of any size."""

from likvard.demo.exempelkommun.columnar import write_columnar
from likvard.demo.exempelkommun.write import write_exempelkommun

__all__ = ["write_columnar", "write_exempelkommun"]
