"""``likvard audit --openlineage``: every stage of an edition as events that OpenLineage's own client takes, the same each time."""

from __future__ import annotations

import json
import socket
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent
from openlineage.client.generated.base import EventType
from openlineage.client.serde import Serde

from likvard.audit.lineage_events import write_events
from likvard.audit.pack import unpacked, write_pack
from likvard.audit.record import Version, version_named
from likvard.errors import AlteredError
from likvard.lineage import file_hash
from likvard.tables import columns_of
from likvard.workspace import Workspace
from small_workspace import EDITION, likvard


@pytest.fixture
def version(signed: Workspace) -> Version:
    return version_named(signed, EDITION)


@pytest.fixture
def written(signed: Workspace, version: Version, tmp_path: Path) -> list[dict[str, Any]]:
    """The events of the small edition."""
    write_events(signed, version, tmp_path / "events.jsonl")
    return [json.loads(line) for line in (tmp_path / "events.jsonl").read_text("utf-8").splitlines()]


def read_back(event: dict[str, Any]) -> RunEvent:
    """The event as the client's own class, whose checks it passes."""
    return RunEvent(
        eventTime=event["eventTime"],
        producer=event["producer"],
        eventType=EventType[event["eventType"]],
        run=Run(**event["run"]),
        job=Job(**event["job"]),
        inputs=[InputDataset(**one) for one in event["inputs"]],
        outputs=[OutputDataset(**one) for one in event["outputs"]],
    )


def test_every_stage_begins_and_ends(signed: Workspace, written: list[dict[str, Any]]) -> None:
    stages = list(yaml.safe_load((signed.root / "dvc.lock").read_bytes())["stages"])
    assert [(one["job"]["name"], one["eventType"]) for one in written] == [
        (stage, kind) for stage in stages for kind in ("START", "COMPLETE")
    ]
    runs = {(one["job"]["name"], one["run"]["runId"]) for one in written}
    assert len(runs) == len({run for _, run in runs}) == len(stages)


def test_the_client_reads_each_event_and_writes_it_again_alike(written: list[dict[str, Any]]) -> None:
    assert [json.loads(Serde.to_json(read_back(one))) for one in written] == written


def test_every_event_has_what_the_specification_requires(written: list[dict[str, Any]]) -> None:
    for event in written:
        assert event["eventType"] in ("START", "COMPLETE")
        assert datetime.fromisoformat(event["eventTime"]).tzinfo is not None
        assert UUID(event["run"]["runId"]).version == 5
        assert event["schemaURL"].startswith("https://openlineage.io/spec/")
        assert event["producer"].startswith("https://")
        sets = [*event["inputs"], *event["outputs"]]
        assert all(one["namespace"] and one["name"] for one in [event["job"], *sets])
        facets = [facet for one in [event["run"], event["job"], *sets] for facet in one["facets"].values()]
        assert all(one["_producer"] and one["_schemaURL"].startswith("https://openlineage.io/spec/") for one in facets)


def test_a_stage_names_what_it_read_and_made_with_hash_and_columns(
    signed: Workspace, written: list[dict[str, Any]]
) -> None:
    (prepared,) = [one for one in written if (one["job"]["name"], one["eventType"]) == ("prepare", "COMPLETE")]
    inputs, outputs = ({one["name"]: one["facets"] for one in prepared[side]} for side in ("inputs", "outputs"))
    assert "data/staged/pupils.parquet" in inputs
    assert not [name for name in inputs if name.startswith("data/prepared")]
    table = "data/prepared/pupil_period.parquet"
    assert outputs[table]["version"]["datasetVersion"] == file_hash(signed.root / table)
    assert [one["name"] for one in outputs[table]["schema"]["fields"]] == columns_of(signed.root / table)


def test_what_a_stage_makes_is_what_the_next_reads(written: list[dict[str, Any]]) -> None:
    made = {one["name"]: one["facets"]["version"] for event in written for one in event["outputs"]}
    read = {one["name"]: one["facets"]["version"] for event in written for one in event["inputs"]}
    between = made.keys() & read.keys()
    assert {name.split("/")[1] for name in between} >= {"staged", "quality", "prepared", "indicators", "released"}
    assert all(made[name] == read[name] for name in between)


def test_the_same_record_gives_the_same_bytes_and_no_network_is_used(
    signed: Workspace, version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setenv("OPENLINEAGE_URL", "http://127.0.0.1:9")
    for name in ("one", "two"):
        write_events(signed, version, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_no_value_of_a_pupil_is_in_the_events(written: list[dict[str, Any]]) -> None:
    assert "c0ffee" not in json.dumps(written)
    assert ".123" not in json.dumps(written)


def test_events_come_from_an_audit_pack_too(signed: Workspace, version: Version, tmp_path: Path) -> None:
    pack = tmp_path / "pack.zip"
    write_pack(signed, version, pack, {}, "Anna Ek")
    with unpacked(pack) as (place, name):
        count = write_events(place, version_named(place, name), tmp_path / "alone.jsonl")
    assert count == write_events(signed, version, tmp_path / "here.jsonl")
    runs = [
        [json.loads(line)["run"]["runId"] for line in (tmp_path / name).read_text("utf-8").splitlines()]
        for name in ("alone.jsonl", "here.jsonl")
    ]
    assert runs[0] == runs[1]


def test_a_lock_that_is_not_the_signed_one_gives_no_events(signed: Workspace, version: Version, tmp_path: Path) -> None:
    path = signed.root / "dvc.lock"
    content = path.read_bytes()
    path.write_bytes(content + b"\n")
    try:
        with pytest.raises(AlteredError, match="not the one that was signed"):
            write_events(signed, version, tmp_path / "events.jsonl")
    finally:
        path.write_bytes(content)
    assert not (tmp_path / "events.jsonl").exists()


def test_the_command_writes_the_file(signed: Workspace, tmp_path: Path) -> None:
    told = likvard(signed.root, "audit", EDITION, "--openlineage", str(tmp_path / "events.jsonl"))
    assert told.code == 0, told.said
    assert "events of OpenLineage" in told.said
    assert (tmp_path / "events.jsonl").stat().st_size
