"""Exempelkommun: the deliveries of a Swedish municipality that does not exist, of any size."""

from likvard.demo.exempelkommun.columnar import write_columnar
from likvard.demo.exempelkommun.lay_out import lay_out
from likvard.demo.exempelkommun.write import write_exempelkommun

__all__ = ["lay_out", "write_columnar", "write_exempelkommun"]
