"""A real HTTP server on loopback that answers as the function it is given says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str


@dataclass
class Answer:
    status: int = 200
    content: object = None
    headers: dict[str, str] = field(default_factory=dict)


class Server:
    """``url`` is its address, ``requests`` all that it was asked, in order."""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        requests: list[Request] = []

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                url = urlsplit(self.path)
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length).decode()
                query = dict(parse_qsl(url.query, keep_blank_values=True))
                request = Request(self.command, url.path, query, dict(self.headers), body)
                requests.append(request)
                given = answer(request)
                raw = given.content if isinstance(given.content, bytes) else json.dumps(given.content).encode()
                self.send_response(given.status)
                for name, value in {"Content-Length": str(len(raw)), **given.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_POST = _answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.requests = requests
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
