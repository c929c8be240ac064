"""Signed statements: in-toto statements in DSSE envelopes, as JSON whose bytes are the same for the same content.

https://github.com/in-toto/attestation (Statement v1), https://github.com/secure-systems-lab/dsse (v1), RFC 8785 (canonical JSON).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from likvard.audit.keys import PublicKey, SigningKey
from likvard.errors import AlteredError

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE = "https://likvard.example.org/{name}/v1"


@dataclass(frozen=True)
class Signed:
    """What an envelope says, and who signed it."""

    subjects: dict[str, str]
    """SHA-256 by name."""
    name: str
    """The kind of statement: ``record``, ``state``, ``purge``."""
    predicate: dict[str, Any]
    person: str
    keyid: str


def canonical(content: Any) -> bytes:
    """The content as canonical JSON (RFC 8785)."""
    import rfc8785

    return rfc8785.dumps(content)


def digest(content: bytes) -> str:
    """The SHA-256 of the bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def pre_authentication(body: bytes) -> bytes:
    """What is signed: DSSE's pre-authentication encoding of the body and its type."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)


def sealed(name: str, subjects: Mapping[str, str], predicate: Mapping[str, Any], key: SigningKey) -> bytes:
    """The envelope of a statement ``name`` about ``subjects`` (SHA-256 by name), signed with ``key``."""
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": one, "digest": {"sha256": subjects[one]}} for one in sorted(subjects)],
        "predicateType": PREDICATE.format(name=name),
        "predicate": dict(predicate),
    }
    body = canonical(statement)
    signature = {"keyid": key.public.keyid, "sig": _text(key.sign(pre_authentication(body)))}
    return canonical({"payload": _text(body), "payloadType": PAYLOAD_TYPE, "signatures": [signature]}) + b"\n"


def opened(envelope: bytes, keys: Mapping[str, PublicKey]) -> Signed:
    """What the envelope says, where one of ``keys`` (by key id) has signed it. Errors: ``AlteredError`` that says what is wrong."""
    try:
        content = json.loads(envelope)
        if envelope != canonical(content) + b"\n":
            raise AlteredError("it is not written as it was signed")
        body = base64.b64decode(content["payload"], validate=True)
        signature = content["signatures"][0]
        keyid, mark = str(signature["keyid"]), base64.b64decode(signature["sig"], validate=True)
        if _text(body) != content["payload"] or _text(mark) != signature["sig"]:
            raise AlteredError("it is not written as it was signed")
    except (ValueError, KeyError, IndexError, TypeError, binascii.Error):
        raise AlteredError("it is no signed statement that can be read") from None
    if content.get("payloadType") != PAYLOAD_TYPE or len(content["signatures"]) != 1:
        raise AlteredError("it is another kind of statement")
    if keyid not in keys:
        raise AlteredError(f"it is signed with a key that is not known here ({keyid[:12]})")
    if not keys[keyid].has_signed(mark, pre_authentication(body)):
        raise AlteredError(f"it is not what {keys[keyid].person} signed")
    statement = json.loads(body)
    return Signed(
        subjects={one["name"]: one["digest"]["sha256"] for one in statement["subject"]},
        name=str(statement["predicateType"]).removeprefix(PREDICATE.split("{", maxsplit=1)[0]).split("/")[0],
        predicate=statement["predicate"],
        person=keys[keyid].person,
        keyid=keyid,
    )


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
