import hashlib
from pathlib import Path

from likvard import __version__
from likvard.lineage import code_hash, file_hash, tree_hash
from likvard.lineage.version import code_version


def test_a_file_s_hash_is_the_sha_256_that_any_tool_gives(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert file_hash(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_tree_s_hash_is_that_of_its_listing(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b/c.py").write_bytes(b"abc")
    (tmp_path / "a.py").write_bytes(b"")
    (tmp_path / "a.pyc").write_bytes(b"no")
    listing = f"{file_hash(tmp_path / 'a.py')}  a.py\n{file_hash(tmp_path / 'b/c.py')}  b/c.py\n"
    assert tree_hash(tmp_path, ("*.py",)) == hashlib.sha256(listing.encode()).hexdigest()


def test_a_tree_s_hash_changes_with_a_byte_a_name_and_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"1")
    found = {tree_hash(tmp_path)}
    (tmp_path / "a.py").write_bytes(b"2")
    found.add(tree_hash(tmp_path))
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    found.add(tree_hash(tmp_path))
    (tmp_path / "c.py").write_bytes(b"")
    found.add(tree_hash(tmp_path))
    assert len(found) == 4


def test_the_code_s_hash_takes_in_every_file_that_shapes_a_report() -> None:
    source = Path(__file__).parents[3] / "src/likvard"
    shaping = [
        path for path in source.rglob("*") if path.is_file() and not {"__pycache__", "demo", "intake"} & set(path.parts)
    ]
    suffixes = {path.suffix for path in shaping}
    assert suffixes <= {".py", ".po", ".j2", ".typ", ".css", ".js"}
    assert code_version() == f"likvard {__version__} ({code_hash()[:12]})"
