"""An edition as an RO-Crate: a folder that other tools read, described in schema.org's words.

RO-Crate 1.1; profiles Process Run Crate 0.5, Workflow Run Crate 0.5 and Workflow RO-Crate 1.0 (https://w3id.org/ro/wfrun).
Data about persons is named by its SHA-256 and is not in the crate.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from likvard.audit.artefacts import ABOUT_PERSONS, Artefact, by_path
from likvard.audit.record import Version, read_record
from likvard.audit.verify import see_that_nothing_is_altered
from likvard.workspace import Workspace, writing_folder

if TYPE_CHECKING:
    from rocrate.model import ContextEntity
    from rocrate.rocrate import ROCrate

PROFILES = (
    "https://w3id.org/ro/wfrun/process/0.5",
    "https://w3id.org/ro/wfrun/workflow/0.5",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0",
)
FORMATS = {
    "html": "text/html",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "json": "application/json",
    "yaml": "application/yaml",
    "parquet": "application/vnd.apache.parquet",
    "ipynb": "application/x-ipynb+json",
    "lock": "text/plain",
    "txt": "text/plain",
}
RESULTS = ("html", "pdf", "workbook", "table", "manifest", "released", "quality")
INPUTS = ("contract", "decision", "notebook", "software")
LICENCE_OF_FIGURES = "https://creativecommons.org/licenses/by/4.0/"


def write_crate(workspace: Workspace, version: Version, target: Path, about: Mapping[str, str]) -> int:
    """How many files the crate in the folder ``target`` describes and holds.

    ``about`` may tell ``contact``, ``dpia`` and ``licence``. Errors: ``AlteredError``, ``CannotWriteError``.
    """
    signed = read_record(workspace, version)
    see_that_nothing_is_altered(workspace, version, "likvard crate")
    files = [one for one in by_path(signed.predicate).values() if one.kind not in ABOUT_PERSONS]
    crate = described(workspace, version, signed.predicate, signed.person, files, about)
    with writing_folder(target) as folder:
        crate.write(str(folder))
    return len(files)


def described(
    workspace: Workspace,
    version: Version,
    record: Mapping[str, Any],
    signer: str,
    files: list[Artefact],
    about: Mapping[str, str],
) -> ROCrate:
    """The crate with its files, who made them, from what, and when."""
    from rocrate.model import Person
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version="1.1")
    crate.metadata.extra_terms["sha256"] = "https://w3id.org/ro/terms/workflow-run#sha256"
    person = crate.add(Person(crate, f"#{signer.replace(' ', '-')}", {"name": signer}))
    municipality = crate.add(_entity(crate, "#municipality", "Organization", name=record["municipality"]))
    _describe_root(crate, version, record, municipality, person, about)
    workflow = _workflow(crate, workspace, record)
    held = {one.path: _file(crate, workspace, one) for one in files if one.path != "dvc.yaml"}
    crate.add_file(
        str(version.record),
        f"audit/{version.name}/record.json",
        properties={"name": "Signed record of the edition", "encodingFormat": "application/json"},
    )
    inputs = [held[one.path] for one in files if one.kind in INPUTS and one.path in held]
    inputs += [_delivery(crate, name, one) for name, one in record["deliveries"].items()]
    results = [held[one.path] for one in files if one.kind in RESULTS]
    action = crate.add(
        _entity(
            crate,
            f"#build-{version.name.replace('/', '-')}",
            "CreateAction",
            name=f"Edition {version.name} was built",
            endTime=record["made"],
            actionStatus="http://schema.org/CompletedActionStatus",
        )
    )
    action["agent"], action["instrument"], action["object"], action["result"] = person, workflow, inputs, results
    crate.root_dataset["mentions"] = [action]
    return crate


def _describe_root(
    crate: ROCrate,
    version: Version,
    record: Mapping[str, Any],
    municipality: ContextEntity,
    person: ContextEntity,
    about: Mapping[str, str],
) -> None:
    root = crate.root_dataset
    root["name"] = f"Equity reports of {record['municipality']}, edition {version.name}"
    root["description"] = (
        f"Reports about schools and areas of {record['municipality']}, with the released figures that they are made from, the "
        "definitions of the indicators, the checks of the data and a signed record."
    )
    root["datePublished"] = record["made"]
    root["publisher"], root["author"] = municipality, person
    licence = about.get("licence") or LICENCE_OF_FIGURES
    root["license"] = crate.add(
        _entity(
            crate, licence, "CreativeWork", name="Licence of the figures", description="How the figures may be used"
        )
    )
    profiles = [
        _entity(crate, address, "CreativeWork", name=address.split("/", 4)[-1], version=address.rsplit("/", 1)[-1])
        for address in PROFILES
    ]
    root["conformsTo"] = [crate.add(one) for one in profiles]
    if about.get("contact"):
        point = _entity(crate, "#contact", "ContactPoint", name=about["contact"], contactType="data protection")
        municipality["contactPoint"] = crate.add(point)
    if about.get("dpia"):
        root["citation"] = crate.add(
            _entity(crate, "#dpia", "CreativeWork", name=f"Data protection impact assessment: {about['dpia']}")
        )


def _workflow(crate: ROCrate, workspace: Workspace, record: Mapping[str, Any]) -> Any:
    from rocrate.model.computerlanguage import ComputerLanguage

    told = {"name": "DVC", "url": "https://dvc.org", "identifier": "https://dvc.org"}
    language = crate.add(ComputerLanguage(crate, "#dvc", properties=told))
    workflow: Any = crate.add_workflow(
        str(workspace.root / "dvc.yaml"),
        "dvc.yaml",
        main=True,
        lang=language,
        properties={"name": "From deliveries to reports", "encodingFormat": "application/yaml"},
    )
    code = record["code"]
    workflow["version"] = f"{code.get('commit', '')} {code['likvard']}".strip()
    software = record["software"]
    workflow["softwareRequirements"] = f"Python {software['python']}, requirements.lock {software['lock']}"
    return workflow


def _file(crate: ROCrate, workspace: Workspace, one: Artefact) -> Any:
    form = one.path.rsplit(".", 1)[-1]
    told = {
        "name": one.path,
        "contentSize": str(one.size),
        "sha256": one.sha256,
        "encodingFormat": FORMATS.get(form, "application/octet-stream"),
    }
    if one.path.endswith("quality/results.json"):
        told["description"] = "What Great Expectations and the rules between tables found."
    return crate.add_file(str(workspace.root / one.path), one.path, properties=told)


def _delivery(crate: ROCrate, name: str, about: Mapping[str, Any]) -> Any:
    """A delivery by its hashes: it holds data about persons, so its files are not in the crate."""
    origin = about["origin"]
    told: dict[str, Any] = {
        "name": f"Delivery {name}",
        "description": "Named by the SHA-256 of its files; held by the municipality.",
        "identifier": [f"{file} sha256:{digest}" for file, digest in about["sha256"].items()],
    }
    if origin.get("publisher") or origin.get("sender"):
        sender = str(origin.get("sender") or origin["publisher"])
        told["sourceOrganization"] = crate.add(_entity(crate, f"#sender-{name}", "Organization", name=sender))
    if origin.get("licence"):
        told["license"] = str(origin["licence"])
    return crate.add(_entity(crate, f"#delivery-{name}", "CreativeWork", **told))


def _entity(crate: ROCrate, id_: str, kind: str, **told: Any) -> Any:
    from rocrate.model import ContextEntity

    return ContextEntity(crate, id_, properties={"@type": kind, **told})
