"""An edition as OpenLineage events, for who gathers the lineage of many systems in one place; written to a file, never sent.

https://openlineage.io/spec/2-0-2/OpenLineage.json. What is told comes from the signed record and the ``dvc.lock`` that it names, so
the same record gives the same bytes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

import yaml

from likvard import __version__
from likvard.audit.artefacts import Artefact, by_path, lock
from likvard.audit.envelope import digest
from likvard.audit.record import Version, read_record
from likvard.errors import AlteredError, StageInputMissingError
from likvard.lineage import file_hash
from likvard.workspace import Workspace, write_atomically

if TYPE_CHECKING:
    from openlineage.client.event_v2 import RunEvent

PRODUCER = f"https://likvard.example.org/likvard/{__version__}"
WHOLE = "build"
"""The job that the stages are parts of."""


def write_events(workspace: Workspace, version: Version, target: Path) -> int:
    """How many events ``target`` holds, one on a line: each stage's START and COMPLETE, in the order in which stages ran.

    Errors: ``AlteredError`` where the record or its ``dvc.lock`` does not hold; ``StageInputMissingError`` without the package
    openlineage-python or where the workspace has moved on; ``CannotWriteError``.
    """
    try:
        from openlineage.client.transport.file import FileConfig, FileTransport
    except ImportError:
        raise StageInputMissingError(
            "OpenLineage's client is not installed.",
            advice="install it beside likvard: `pip install openlineage-python` (the extra `lineage`).",
        ) from None
    found = list(events(workspace, version))
    with tempfile.TemporaryDirectory(prefix="likvard-lineage-") as folder:
        file = Path(folder) / "events.jsonl"
        # The client itself would read settings and surroundings of this machine; its transport only writes.
        transport = FileTransport(FileConfig(log_file_path=str(file), append=True))
        for one in found:
            transport.emit(one)
        write_atomically(target, file.read_bytes())
    return len(found)


def events(workspace: Workspace, version: Version) -> Iterator[RunEvent]:
    """The events of every stage; times are that of the record, as stages have none that is the same twice."""
    from openlineage.client import event_v2 as told
    from openlineage.client.generated import parent_run
    from openlineage.client.generated.base import EventType

    record = read_record(workspace, version).predicate
    files, space = by_path(record), f"likvard:{record['municipality']}"
    ran, signed = stages(workspace, files), digest(version.record.read_bytes())
    whole = parent_run.Run(_run_id(signed, WHOLE)), parent_run.Job(space, f"{WHOLE} {version.name}")
    of_run = _facets_of_run(record) | {"parent": parent_run.ParentRunFacet(*whole, producer=PRODUCER)}
    of_file = cache(partial(_facets_of_file, workspace))
    for name, stage in ran.items():
        job, run = told.Job(space, name, _facets_of_job(stage)), told.Run(_run_id(signed, name), of_run)
        read, made = (_within(files, stage.get(key, ())) for key in ("deps", "outs"))
        inputs = [told.InputDataset(space, one.path, facets=of_file(one)) for one in read]
        outputs = [told.OutputDataset(space, one.path, facets=of_file(one)) for one in made]
        common: dict[str, Any] = {"eventTime": record["made"], "producer": PRODUCER, "run": run, "job": job}
        yield told.RunEvent(eventType=EventType.START, inputs=inputs, outputs=[], **common)
        yield told.RunEvent(eventType=EventType.COMPLETE, inputs=inputs, outputs=outputs, **common)


def stages(workspace: Workspace, files: Mapping[str, Artefact]) -> dict[str, dict[str, Any]]:
    """What each stage ran, read and made, as the signed ``dvc.lock`` says. Errors: ``AlteredError``, ``StageInputMissingError``."""
    path = lock(workspace)
    signed = files.get(workspace.shown(path))
    if signed is None or not path.is_file():
        raise StageInputMissingError("The edition has no dvc.lock.", advice="record an edition that DVC has built.")
    if file_hash(path) != signed.sha256:
        raise AlteredError(
            "dvc.lock is not the one that was signed: the workspace has moved on, or it was altered.",
            advice="ask an audit pack of the edition instead, or check out its commit.",
        )
    found: dict[str, dict[str, Any]] = yaml.safe_load(path.read_bytes())["stages"]
    return found


def _within(files: Mapping[str, Artefact], listed: Any) -> list[Artefact]:
    """The signed files that a stage's list names, or that lie in folders that it names."""
    paths = tuple(one["path"] for one in listed)
    inside = tuple(f"{path}/" for path in paths)
    return [one for path, one in sorted(files.items()) if path in paths or path.startswith(inside)]


def _run_id(record: str, name: str) -> str:
    """The run of a job, by the SHA-256 of the record."""
    return str(uuid5(NAMESPACE_URL, f"{PRODUCER}/{record}/{name}"))


def _facets_of_job(stage: Mapping[str, Any]) -> dict[str, Any]:
    from openlineage.client.generated.documentation_job import DocumentationJobFacet
    from openlineage.client.generated.job_type_job import JobTypeJobFacet

    return {
        "documentation": DocumentationJobFacet(str(stage["cmd"]), producer=PRODUCER),
        "jobType": JobTypeJobFacet("BATCH", "DVC", "STAGE", producer=PRODUCER),
    }


def _facets_of_run(record: Mapping[str, Any]) -> dict[str, Any]:
    from openlineage.client.generated.execution_parameters_run import ExecutionParameter, ExecutionParametersRunFacet
    from openlineage.client.generated.processing_engine_run import ProcessingEngineRunFacet

    parameters = [
        ExecutionParameter(
            key, value=value if isinstance(value, str) else yaml.safe_dump(value, sort_keys=True).strip()
        )
        for key, value in sorted(record["parameters"].items())
    ]
    code = record["code"]
    return {
        "executionParameters": ExecutionParametersRunFacet(parameters, producer=PRODUCER),
        "processing_engine": ProcessingEngineRunFacet(
            f"{code.get('commit', '')} {code['likvard']}".strip(), "likvard", producer=PRODUCER
        ),
    }


def _facets_of_file(workspace: Workspace, one: Artefact) -> dict[str, Any]:
    """The SHA-256 of a file as its version; of a table that is here, its columns too."""
    from openlineage.client.generated.dataset_version_dataset import DatasetVersionDatasetFacet

    facets: dict[str, Any] = {"version": DatasetVersionDatasetFacet(one.sha256, producer=PRODUCER)}
    path = workspace.root / one.path
    if path.suffix == ".parquet" and path.is_file() and file_hash(path) == one.sha256:
        facets["schema"] = _schema(path)
    return facets


def _schema(path: Path) -> Any:
    from openlineage.client.generated.schema_dataset import SchemaDatasetFacet, SchemaDatasetFacetFields
    from pyarrow.parquet import read_schema

    fields = [SchemaDatasetFacetFields(one.name, str(one.type)) for one in read_schema(path)]
    return SchemaDatasetFacet(fields, producer=PRODUCER)
