"""Bytes become text, or it is said why they do not: no letter is guessed."""

from __future__ import annotations

import re

from likvard.intake.finding import Findings

MAGIC = (
    (b"PK\x03\x04", "zip/xlsx"),
    (b"PK\x05\x06", "zip/xlsx"),
    (b"\x1f\x8b", "gzip"),
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0", "xls/doc"),
    (b"PAR1", "Parquet"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"),
    (b"{\\rtf", "RTF"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"SQLite format 3", "SQLite"),
)
MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml|table|head|body|script|svg)\b", re.IGNORECASE)
# What Swedish text has beyond ASCII, as cp1252 has it; anything else there is rather another encoding.
SWEDISH_LETTERS = frozenset("åäöÅÄÖéÉèÈüÜáàâæøÆØßçñíóúëïîôõãÁÀÇÑÓÚËÏÎÔ")
SWEDISH_SIGNS = frozenset(" –—’‘”“…•€§´`°²³½·»«\u00a0\u00ad±×÷©®™µ")
# Signs where a letter should be: what Ä, Ö, ä and ö of Mac Roman and CP850 look like in cp1252.
SIGN_FOR_LETTER = re.compile(r"[€…„•](?=[^\W\d_])|(?<=[^\W\d_])[”“„](?=[^\W\d_])")
CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
# UTF-8 read as cp1252 or latin-1: a lead byte as a letter, and a follower as a sign or a control character.
MOJIBAKE = re.compile("[ÃÂ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[\x80-\xbf™œ“”˜¦\x9d]")


def decoded(content: bytes, agreed: str, findings: Findings) -> str | None:
    """The text of the file with ``\\n`` as its only line end, or None where ``findings`` now says why not."""
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        findings.add("empty")
        return None
    kind = kind_of(content)
    if kind:
        findings.add("other_kind", kind=kind, wanted="CSV")
        return None
    text = _text(content, agreed, findings)
    if text is None:
        return None
    if CONTROL.search(text):
        findings.add("not_text", rows=_lines_with(CONTROL, text))
        return None
    if "\N{REPLACEMENT CHARACTER}" in text:
        findings.add("letters_lost", rows=_lines_with(re.compile("\N{REPLACEMENT CHARACTER}"), text))
        return None
    broken = MOJIBAKE.search(text)
    if broken:
        findings.add("mojibake", rows=_lines_with(MOJIBAKE, text), sample=_repaired(broken[0]))
        return None
    return _one_line_end(text, findings)


def kind_of(content: bytes) -> str:
    """What kind of file the first bytes tell, where it is not text; else an empty text."""
    for magic, kind in MAGIC:
        if content.startswith(magic):
            return kind
    return "HTML/XML" if MARKUP.match(content[:200]) else ""


def _text(content: bytes, agreed: str, findings: Findings) -> str | None:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _by_name(content, "utf-16", agreed, findings)
    if content.startswith(b"\xef\xbb\xbf"):
        findings.add("byte_order_mark")
        return _by_name(content, "utf-8-sig", agreed, findings)
    if b"\0" in content:
        even, odd = content[::2].count(0), content[1::2].count(0)
        findings.add("utf16_without_mark" if max(even, odd) > len(content) / 8 else "not_text")
        return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _single_byte(content, agreed, findings)
    if agreed != "utf-8" and not content.isascii():
        findings.add("other_encoding", encoding="UTF-8", agreed=agreed)
    return text


def _by_name(content: bytes, encoding: str, agreed: str, findings: Findings) -> str | None:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        findings.add("encoding", guess=encoding.upper())
        return None
    if encoding == "utf-16":
        findings.add("other_encoding", encoding="UTF-16", agreed=agreed)
    return text


def _single_byte(content: bytes, agreed: str, findings: Findings) -> str | None:
    """Text in cp1252, where every letter beyond ASCII is one that Swedish text has."""
    high = set(content) - set(range(128))
    strange = set()
    for byte in high:
        try:
            letter = bytes([byte]).decode("cp1252")
        except UnicodeDecodeError:
            letter = ""
        if letter not in SWEDISH_LETTERS | SWEDISH_SIGNS or not letter:
            strange.add(byte)
    text = "" if strange else content.decode("cp1252")
    letters = any(letter in text for letter in SWEDISH_LETTERS)
    if not strange and (letters or agreed == "cp1252") and not SIGN_FOR_LETTER.search(text):
        if agreed != "cp1252":
            findings.add("other_encoding", encoding="cp1252", agreed=agreed)
        return text
    mac = any(byte in content for byte in b"\x8c\x8a\x9a\x81\x80\x85")
    findings.add(
        "encoding", guess="Mac Roman" if mac else "CP850/CP437" if b"\x86" in content or b"\x94" in content else "?"
    )
    return None


def _repaired(sample: str) -> str:
    """The damaged letter and what it was, and nothing of the word around it."""
    for encoding in ("cp1252", "latin-1"):
        try:
            return f"{sample!r} → {sample.encode(encoding).decode('utf-8')!r}"
        except UnicodeError:
            continue
    return repr(sample)


def _one_line_end(text: str, findings: Findings) -> str:
    plain = text.replace("\r\n", "\n")
    kinds = {"\r\n": text.count("\r\n"), "\r": plain.count("\r"), "\n": text.count("\n") - text.count("\r\n")}
    if kinds["\r"] or (kinds["\r\n"] and kinds["\n"]):
        findings.add("line_ends")
    plain = plain.replace("\r", "\n")
    if not plain.endswith("\n"):
        findings.add("no_last_line_end", rows=[plain.count("\n") + 1])
    return plain


def _lines_with(pattern: re.Pattern[str], text: str) -> list[int]:
    """The numbers of the first lines in which the pattern is found."""
    found: list[int] = []
    for match in pattern.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if line not in found:
            found.append(line)
        if len(found) == 5:
            break
    return found
