"""Keys that people sign with: the private one outside the workspace, the public one in it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from likvard.errors import SigningKeyError
from likvard.key_file import KeyFile
from likvard.workspace import Workspace, write_atomically

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_FILE = "LIKVARD_SIGNING_KEY_FILE"
ADVICE = f"make a key once with `likvard keys new NAME FILE` (outside the workspace) and name it in {KEY_FILE} or with --key."
OF_SIGNING = KeyFile("The signing key", SigningKeyError, ADVICE)


@dataclass(frozen=True)
class PublicKey:
    """An Ed25519 public key (32 bytes, in hexadecimal) and the person who signs with it."""

    person: str
    public: str

    @property
    def keyid(self) -> str:
        """The name of the key: a SHA-256 that depends on the key alone."""
        import rfc8785

        return hashlib.sha256(rfc8785.dumps(self.as_key())).hexdigest()

    def as_key(self) -> dict[str, Any]:
        """The key as in-toto's tools write it."""
        return {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": self.public}}

    def has_signed(self, signature: bytes, content: bytes) -> bool:
        """Whether the signature is this key's on that content."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.public)).verify(signature, content)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """A private key with its public one; the secret is in no text of it."""

    public: PublicKey
    secret: Ed25519PrivateKey = field(repr=False)

    def sign(self, content: bytes) -> bytes:
        """The signature of the content (64 bytes)."""
        return self.secret.sign(content)


def new_signing_key(workspace: Workspace, person: str, place: Path) -> PublicKey:
    """A new key: the private one in ``place``, for its owner alone, the public one in ``audit/keys``.

    A key in ``place`` that nobody has, or that is this person's, is taken: a run that made it was killed before its end.
    Errors: ``SigningKeyError`` where ``place`` is inside a repository or ``person`` has another key; ``CannotWriteError``.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    OF_SIGNING.see_that_it_is_outside(workspace, place)
    known, path = known_keys(workspace), workspace.audit / "keys" / file_name(person)
    begun = _begun(workspace, place)
    secret = begun or Ed25519PrivateKey.generate()
    public = PublicKey(person, _public_part(secret))
    if known.get(public.keyid) == public and path.exists():
        return public
    if person.casefold() in {key.person.casefold() for key in known.values()} or path.exists():
        raise SigningKeyError(
            f"{person} has a key already.", advice="sign with that one, or name the person as somebody new (Anna B 2)."
        )
    if begun is None or public.keyid in known:
        OF_SIGNING.write(place, secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    content = {"person": person, "keyid": public.keyid, **public.as_key()}
    text = json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True)
    write_atomically(path, text.encode() + b"\n")
    return public


def known_keys(workspace: Workspace) -> dict[str, PublicKey]:
    """The public keys of the workspace by key id. Errors: ``SigningKeyError`` that names every file at fault."""
    found, faults = {}, []
    for path in sorted((workspace.audit / "keys").glob("*.json")):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            key = PublicKey(str(content["person"]), str(content["keyval"]["public"]))
            if content["keyid"] != key.keyid or len(bytes.fromhex(key.public)) != 32:
                faults.append(f"{workspace.shown(path)} is not the key that its id names")
            found[key.keyid] = key
        except (OSError, ValueError, KeyError, TypeError):
            faults.append(f"{workspace.shown(path)} cannot be read as a key")
    if faults:
        raise SigningKeyError("The public keys are not as they were made.", faults, advice="bring them back from git.")
    return found


def signing_key(workspace: Workspace, named: Path | None = None) -> SigningKey:
    """The key in the file ``named``, else in the file that the environment names.

    Errors: ``SigningKeyError`` where there is none, it is inside a repository, open to others, or nobody's here.
    """
    place = named or (Path(os.environ[KEY_FILE]) if os.environ.get(KEY_FILE) else None)
    if place is None:
        raise SigningKeyError("There is no key to sign with.", advice=ADVICE)
    secret = _secret_in(workspace, place)
    return SigningKey(_whose(_public_part(secret), known_keys(workspace)), secret)


def _secret_in(workspace: Workspace, place: Path) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    content = OF_SIGNING.read(workspace, place)
    try:
        secret = load_pem_private_key(content, password=None)
    except (ValueError, TypeError):
        raise SigningKeyError("The file is no signing key.", advice=ADVICE) from None
    if not isinstance(secret, Ed25519PrivateKey):
        raise SigningKeyError("The key is of another kind than Ed25519.", advice=ADVICE)
    return secret


def _public_part(secret: Ed25519PrivateKey) -> str:
    return secret.public_key().public_bytes_raw().hex()


def _begun(workspace: Workspace, place: Path) -> Ed25519PrivateKey | None:
    """The key that is in ``place`` already; nothing where there is none."""
    try:
        return _secret_in(workspace, place)
    except SigningKeyError:
        return None


def file_name(person: str) -> str:
    """The name of the file of a person's public key. Errors: ``SigningKeyError`` where nothing of the name remains."""
    import re
    import unicodedata

    plain = unicodedata.normalize("NFD", person.casefold()).encode("ascii", "ignore").decode("ascii")
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not slug:
        raise SigningKeyError("The key needs the name of a person.", advice="write the name in letters.")
    return f"{slug}.json"


def _whose(public: str, keys: Mapping[str, PublicKey]) -> PublicKey:
    for key in keys.values():
        if key.public == public:
            return key
    raise SigningKeyError(
        "Nobody in this workspace signs with that key: its public part is not in audit/keys.", advice=ADVICE
    )
