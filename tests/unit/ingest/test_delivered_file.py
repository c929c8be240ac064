import csv
from pathlib import Path

import pytest

from likvard.contracts import SourceTable
from likvard.ingest.delivered_file import UnreadableError, read_delivered_file

MAPPED = SourceTable(file="pupils.csv", fields={})


def rows(tmp_path: Path, content: bytes, mapped: SourceTable = MAPPED) -> list[tuple[str, ...]]:
    path = tmp_path / "pupils.csv"
    path.write_bytes(content)
    return list(read_delivered_file(path, mapped).itertuples(index=False, name=None))


def refusal(tmp_path: Path, content: bytes, mapped: SourceTable = MAPPED) -> str:
    with pytest.raises(UnreadableError) as stop:
        rows(tmp_path, content, mapped)
    return str(stop.value)


def test_every_cell_is_text_exactly_as_it_stands(tmp_path: Path) -> None:
    assert rows(tmp_path, b"a,b\n 007 ,NA\n,null\n1e5,1.10\n") == [
        (" 007 ", "NA", 2),
        ("", "null", 3),
        ("1e5", "1.10", 4),
    ]


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    path = tmp_path / "pupils.csv"
    path.write_bytes(b"\xef\xbb\xbfpupil,b\n1,2\n")
    assert list(read_delivered_file(path, MAPPED)) == ["pupil", "b", "source_row"]


def test_a_row_is_named_by_the_line_that_it_begins_on(tmp_path: Path) -> None:
    content = b'a,b\n1,"two\nlines"\n2,"x"\n\n3,y\n'
    assert rows(tmp_path, content) == [("1", "two\nlines", 2), ("2", "x", 4), ("3", "y", 6)]


def test_windows_line_ends_count_as_one(tmp_path: Path) -> None:
    assert rows(tmp_path, b"a,b\r\n1,2\r\n3,4\r\n") == [("1", "2", 2), ("3", "4", 3)]


def test_the_delimiter_and_encoding_are_the_mapping_s(tmp_path: Path) -> None:
    mapped = SourceTable(file="pupils.csv", encoding="cp1252", delimiter=";", fields={})
    assert rows(tmp_path, "namn;poäng\nÅsa;1,5\n".encode("cp1252"), mapped) == [("Åsa", "1,5", 2)]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"  \r\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content) == "the file is empty"


def test_a_file_with_only_a_header_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"a,b\n") == "the file has a header but no rows"


def test_a_file_with_nul_characters_is_refused(tmp_path: Path) -> None:
    assert "NUL" in refusal(tmp_path, "a,b\n1,2\n".encode("utf-16"))


def test_a_file_of_another_encoding_is_refused_with_the_line(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"a,b\n1,2\n\xc5sa,3\n") == "line 3 is not utf-8 text"


def test_a_ragged_row_is_refused_with_its_line_and_none_of_its_values(tmp_path: Path) -> None:
    said = refusal(tmp_path, b"a,b\n1,2\nsecret\n3,4,5\n")
    assert said == "2 rows do not have 2 fields as the header does, the first on line 3"


def test_a_name_that_stands_twice_in_the_header_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"a,b,a,c,b\n1,2,3,4,5\n") == "the header names 'a', 'b' twice"


def test_quotation_marks_that_never_end_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b'a,b\n1,"secret\n').startswith("line 2: ")
    assert "secret" not in refusal(tmp_path, b'a,b\n1,"secret\n')


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_is_read_alike_whether_or_not_it_has_to_be_read_line_by_line(tmp_path: Path, end: str) -> None:
    lines = [";".join(f"{row * step % 7}x, " for step in range(1, 4)) for row in range(1000)]
    plain = end.join(["å;b;c", *lines, "null;NA;"])
    mapped = SourceTable(file="pupils.csv", delimiter=";", fields={})
    read = rows(tmp_path, plain.encode(), mapped)
    quoted = rows(tmp_path, f'{plain}{end}"last";"";"row"{end}'.encode(), mapped)
    assert quoted == [*read, ("last", "", "row", 1003)]
    assert read[-1] == ("null", "NA", "", 1002)


@pytest.mark.parametrize("content", ["a\n{}\n", '"a"\n{}\n'])
def test_a_cell_longer_than_csv_takes_is_refused_in_every_file(tmp_path: Path, content: str) -> None:
    # The limit is the process's, and libraries that other tests load raise it.
    before = csv.field_size_limit(131_072)
    try:
        assert (
            refusal(tmp_path, content.format("x" * 131_073).encode())
            == "line 2: field larger than field limit (131072)"
        )
    finally:
        csv.field_size_limit(before)


def test_a_line_of_two_rows_ends_where_the_mark_of_old_macintoshes_stands(tmp_path: Path) -> None:
    assert rows(tmp_path, b"a,b\n1,2\r3,4\n") == [("1", "2", 2), ("3", "4", 3)]
