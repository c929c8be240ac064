from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from loopback import Answer, Request, Server

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[Request], Answer]], Server]]:
    servers: list[Server] = []

    def start(answer: Callable[[Request], Answer]) -> Server:
        servers.append(Server(answer))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = Path(os.environ.get("LIKVARD_SHARED") or REPOSITORY.parent / "shared")
    if not (folder / "data/skolverket").is_dir():
        pytest.skip("the shared folder with real data is not here")
    return folder
