"""The key of the pseudonyms: 32 bytes that lie outside the repository and are never shown, only checked."""

from __future__ import annotations

import base64
import hmac
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from likvard.errors import PseudonymKeyError
from likvard.key_file import KeyFile
from likvard.workspace import Workspace

KEY = "LIKVARD_KEY"
KEY_FILE = "LIKVARD_KEY_FILE"
LENGTH = 32
FEWEST_DIFFERENT = 8
ADVICE = (
    f"make a key once with `likvard new-key FILE` (outside the workspace), keep it where passwords are kept, and name it in "
    f"{KEY_FILE} or with --key."
)
OF_PSEUDONYMS = KeyFile("The key file", PseudonymKeyError, ADVICE)


@dataclass(frozen=True)
class PseudonymKey:
    """A key; its bytes are in no text of it."""

    secret: bytes = field(repr=False)

    @property
    def check_value(self) -> str:
        """A short value that tells one key from another and from which no key can be found."""
        return hmac.digest(self.secret, b"likvard key check value v1", "sha256").hex()[:12]


def read_key(workspace: Workspace, named: Path | None = None) -> PseudonymKey:
    """The key in the file ``named``, else in the environment (``LIKVARD_KEY``, or the file of ``LIKVARD_KEY_FILE``).

    Errors: ``PseudonymKeyError`` where there is none, it is inside a repository or open to others, or it is no key.
    """
    if named is None and os.environ.get(KEY):
        return PseudonymKey(_secret(os.environ[KEY].encode(), f"the variable {KEY}"))
    place = named or (Path(os.environ[KEY_FILE]) if os.environ.get(KEY_FILE) else None)
    if place is None:
        raise PseudonymKeyError("There is no key for pseudonyms, and without one nobody is taken in.", advice=ADVICE)
    return PseudonymKey(_secret(OF_PSEUDONYMS.read(workspace, place), "the key file"))


def new_key(workspace: Workspace | None, place: Path) -> PseudonymKey:
    """A new key, written to the file ``place`` that only its owner can read.

    Errors: ``PseudonymKeyError`` where it would lie in the workspace; ``CannotWriteError``, also where the file is there.
    """
    if workspace is not None:
        OF_PSEUDONYMS.see_that_it_is_outside(workspace, place)
    key = PseudonymKey(secrets.token_bytes(LENGTH))
    OF_PSEUDONYMS.write(place, key.secret.hex().encode() + b"\n")
    return key


def _secret(content: bytes, where: str) -> bytes:
    """The 32 bytes, given as they are, in hexadecimal or in base64."""
    text = content.strip()
    secret = content
    if re.fullmatch(rb"[0-9a-fA-F]{64}", text):
        secret = bytes.fromhex(text.decode())
    elif re.fullmatch(rb"[A-Za-z0-9+/_-]{43}=?", text):
        secret = base64.b64decode(text.rstrip(b"=") + b"=", altchars=b"-_" if re.search(rb"[-_]", text) else None)
    if len(secret) != LENGTH or len(set(secret)) < FEWEST_DIFFERENT:
        raise PseudonymKeyError(f"In {where} there is no key of {LENGTH} random bytes.", advice=ADVICE)
    return secret
