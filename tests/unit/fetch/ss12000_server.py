"""A small SS 12000:2020 v2.1 server: token endpoint, limit and pageToken, meta.modified.after, 401 for old tokens."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from loopback import Answer, Request

CLIENT, SECRET = "likvard", "a secret: never shown"


def unit(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def person(number: int, marking: str | None = "Ingen", **more: Any) -> dict[str, Any]:
    marked = {} if marking is None else {"securityMarking": marking}
    return {
        "id": unit(number),
        "meta": {"created": "2025-08-01T00:00:00Z", "modified": "2025-08-01T00:00:00Z"},
        "givenName": "Anna",
        "familyName": "Andersson",
        "civicNo": {"value": f"20100101{number:04d}"},
        "birthDate": "2010-01-01",
        "sex": "Kvinna",
        "personStatus": "Aktiv",
        "emails": [{"value": "anna@example.org"}],
        "enrolments": [
            {
                "enroledAt": {"id": unit(900)},
                "schoolYear": 9,
                "schoolType": "GR",
                "startDate": "2025-08-01",
                "cancelled": False,
            }
        ],
        **marked,
        **more,
    }


@dataclass
class Register:
    """What the server holds; ``offered`` are its collections by name."""

    offered: dict[str, list[dict[str, Any]]]
    token_lasts_seconds: int = 3600
    tokens: list[str] = field(default_factory=list)
    withdrawn: set[str] = field(default_factory=set)
    busy: list[Answer] = field(default_factory=list)

    def __call__(self, request: Request) -> Answer:
        if request.path == "/token":
            return self._token(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens or token in self.withdrawn:
            return Answer(401, {"code": "unauthorised"})
        if self.busy:
            return self.busy.pop(0)
        name = request.path.removeprefix("/v2.1/")
        if name not in self.offered:
            return Answer(404, {"code": "not found"})
        return self._page(name, request.query)

    def _token(self, request: Request) -> Answer:
        form = dict(parse_qsl(request.body))
        expected = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        in_header = request.headers.get("Authorization") == f"Basic {expected}"
        in_body = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        if form.get("grant_type") != "client_credentials" or not (in_header or in_body):
            return Answer(401, {"error": "invalid_client"})
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        return Answer(
            200, {"access_token": self.tokens[-1], "token_type": "Bearer", "expires_in": self.token_lasts_seconds}
        )

    def _page(self, name: str, query: dict[str, str]) -> Answer:
        token = query.get("pageToken")
        if token and set(query) - {"pageToken", "limit"}:
            return Answer(400, {"code": "pageToken goes with limit only"})
        if name == "aggregatedAttendance" and not token and not {"startDate", "endDate"} <= set(query):
            return Answer(400, {"code": "startDate and endDate are required"})
        after = query.get("meta.modified.after", "") if not token else token.split("|")[1]
        items = [one for one in self.offered[name] if not after or one["meta"]["modified"] > after]
        start, limit = int(token.split("|")[0]) if token else 0, int(query["limit"])
        more = start + limit < len(items)
        return Answer(
            200, {"data": items[start : start + limit], "pageToken": f"{start + limit}|{after}" if more else None}
        )
