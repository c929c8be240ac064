"""Pseudonyms: the same person gets the same one under the same key, and without the key nobody can try names out."""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass
from uuid import UUID

from likvard.intake.key import PseudonymKey
from likvard.intake.personal_text import DASHES

# 64 bits: among 1.1 million pupils the odds of any two sharing a pseudonym are 1 to 30 million.
DIGITS = 16
PURPOSE = "pupil statistics"


@dataclass(frozen=True)
class Pseudonymiser:
    """HMAC-SHA-256 under one key, for one purpose: other purposes give other pseudonyms, which cannot be joined."""

    key: PseudonymKey
    purpose: str = PURPOSE

    def __call__(self, kind: str, identifier: str) -> str:
        """The pseudonym of the identifier, 16 hexadecimal digits; ``kind`` keeps persons, grades and the like apart.

        What importers (`likvard.fetch.ss12000`, `likvard.fetch.oneroster`) ask for as ``pseudonymise``.
        """
        parts = [b"likvard pseudonym v1", self.purpose.encode(), kind.encode(), canonical(identifier).encode()]
        message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.digest(self.key.secret, message, "sha256").hex()[:DIGITS]


def canonical(identifier: str) -> str:
    """The identifier in one form: NFKC, without outer spaces, one kind of dash, a UUID in small letters."""
    plain = unicodedata.normalize("NFKC", identifier).strip()
    plain = plain.translate({ord(dash): "-" for dash in DASHES if dash != "+"})
    try:
        return str(UUID(plain)) if len(plain) in (36, 38) else plain
    except ValueError:
        return plain
