"""The RO-Crate validator without a network: run by the Python of its own environment, with the vocabulary as a local file.

``python rocrate_offline.py VOCABULARY CRATE`` ends with 0 where the crate keeps all REQUIRED rules of Workflow Run Crate. The
vocabulary is that of the package ``rocrate``; where RO-Crate 1.1 has another address for a word, it is put in.
"""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

from rdflib.plugins.shared.jsonld.context import Context
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester

words = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["@context"]
words |= {name: f"https://bioschemas.org/{name}" for name in ("ComputationalWorkflow", "FormalParameter")}
answer = SimpleNamespace(
    status_code=200,
    headers={"Content-Type": "application/ld+json"},
    json=lambda: {"@context": words},
    text=json.dumps({"@context": words}),
)
Context._fetch_context = lambda *_: words
HttpRequester.get = lambda *_, **__: answer
result = services.validate(
    services.ValidationSettings(
        rocrate_uri=sys.argv[2],
        profile_identifier="workflow-run-crate",
        requirement_severity=models.Severity.REQUIRED,
    )
)
for issue in result.get_issues():
    print(issue.check.identifier, issue.message)  # noqa: T201
sys.exit(0 if result.passed() else 1)
