"""Figures become released figures: what could point at a person gets a status in place of its numbers.

This is the one door between what likvard knows and what a report can read. Whatever disclosure control does, it does here:
a frame of figures goes in, the same rows come out, and everything downstream reads only ``data/released``.
"""

from likvard.protect.hide import protected

__all__ = ["protected"]
