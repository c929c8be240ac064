"""A source on the web, asked politely: bounded retries, tokens that are renewed, and a receipt for every answer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Literal

import httpx

from likvard.errors import CredentialsMissingError, SourceUnavailableError
from likvard.fetch.delivery import Receipt, receipt

NOT_OFFERED = (404, 501)
TRY_AGAIN = (429, 500, 502, 503, 504)
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Retry:
    """How often and how long to wait for a busy source: the waits double, and none is longer than the longest."""

    attempts: int = 5
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 60.0

    def wait(self, attempt: int, asked_for: float | None) -> float:
        """How long to wait after ``attempt`` (from 1): as the server asks, else doubled; at most the longest."""
        wanted = self.first_wait_seconds * 2 ** (attempt - 1) if asked_for is None else asked_for
        return min(max(wanted, 0.0), self.longest_wait_seconds)


@dataclass(frozen=True)
class ClientCredentials:
    """OAuth 2 client credentials. The secret is never shown: not in messages, not in ``repr``, not in the origin."""

    token_url: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    scope: str = ""
    sent_in: Literal["header", "body"] = "header"


def credentials_from_environment(
    prefix: str, environment: Mapping[str, str] | None = None, scope: str = ""
) -> ClientCredentials:
    """The credentials in ``<prefix>_TOKEN_URL``, ``<prefix>_CLIENT_ID`` and ``<prefix>_CLIENT_SECRET``.

    ``<prefix>_SENT_IN`` may be ``body`` for servers that do not take them in the header.
    Errors: ``CredentialsMissingError`` with every name that is not set.
    """
    environment = os.environ if environment is None else environment
    names = [f"{prefix}_{ending}" for ending in ("TOKEN_URL", "CLIENT_ID", "CLIENT_SECRET")]
    absent = [name for name in names if not environment.get(name)]
    if absent:
        raise CredentialsMissingError(
            "The credentials of the source are not in the environment.",
            [f"{name} is not set" for name in absent],
            advice="set them in the environment of the command; never write them in a file of the workspace.",
        )
    url, client_id, secret = (environment[name] for name in names)
    in_body = environment.get(f"{prefix}_SENT_IN") == "body"
    return ClientCredentials(url, client_id, secret, scope, "body" if in_body else "header")


class Web:
    """One source on the web. ``receipts`` holds one receipt for every answer that was taken, in order.

    ``sleep`` and ``clock`` (seconds) are parameters so that waiting can be measured instead of waited for.
    """

    def __init__(
        self,
        base_url: str,
        *,
        credentials: ClientCredentials | None = None,
        headers: Mapping[str, str] | None = None,
        retry: Retry | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        timeout_seconds: float = 30.0,
        most_bytes: int = 256 * 2**20,
    ) -> None:
        self._base = httpx.URL(_safe(base_url).rstrip("/"))
        self._credentials = credentials
        if credentials:
            _safe(credentials.token_url)
        self._retry, self._sleep, self._clock = retry or Retry(), sleep, clock
        self._most_bytes = most_bytes
        self._token, self._token_until = "", 0.0
        self.receipts: list[Receipt] = []
        self._client = httpx.Client(
            headers={"Accept": "application/json", **(headers or {})},
            timeout=timeout_seconds,
            follow_redirects=False,
            # A proxy cannot reach this machine's own addresses.
            trust_env=self._base.host not in LOOPBACK,
        )

    def __enter__(self) -> Web:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, place: str, query: Mapping[str, str | int] | None = None) -> bytes | None:
        """What the source has at ``place`` (a path below the base, or a full URL on the same host), or None where the
        source does not offer it (404 or 501).

        Errors: ``SourceUnavailableError`` where it does not answer in time, refuses, or leads to another host.
        """
        url = self._url(place)
        renewed = False
        while True:
            headers = {"Authorization": f"Bearer {self._bearer()}"} if self._credentials else {}
            status, content = self._send("GET", url, params=dict(query or {}) or None, headers=headers)
            if status == 401 and self._credentials and not renewed:
                self._token, renewed = "", True
                continue
            break
        if status in NOT_OFFERED:
            return None
        if status != 200:
            raise _refused("GET", url, status)
        self.receipts.append(receipt(url.path, content))
        return content

    def _url(self, place: str) -> httpx.URL:
        """The full URL, on the host of the base and with its scheme: a token must not travel anywhere else."""
        if "://" not in place:
            return httpx.URL(f"{self._base}/{place.lstrip('/')}")
        url = _parsed(place)
        if url.host != self._base.host:
            raise SourceUnavailableError(
                f"The source {self._base.host} leads to another host, {url.host}.",
                advice="nothing was asked there; see whether the source has moved, and set its new address.",
            )
        return url.copy_with(scheme=self._base.scheme, port=self._base.port)

    def _bearer(self) -> str:
        """A token that has not expired, fetched where there is none."""
        credentials = self._credentials
        if credentials is None or (self._token and self._clock() < self._token_until):
            return self._token
        form = {"grant_type": "client_credentials"} | ({"scope": credentials.scope} if credentials.scope else {})
        auth: Any = None
        if credentials.sent_in == "header":
            auth = httpx.BasicAuth(credentials.client_id, credentials.client_secret)
        else:
            form |= {"client_id": credentials.client_id, "client_secret": credentials.client_secret}
        url = httpx.URL(credentials.token_url)
        status, content = self._send("POST", url, data=form, auth=auth)
        if status != 200:
            raise _refused("POST", url, status)
        try:
            answer = httpx.Response(200, content=content).json()
            token, seconds = str(answer["access_token"]), float(answer.get("expires_in") or 300)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise SourceUnavailableError(
                f"{url.host}{url.path} answered without a token.", advice="see that the address of the token is right."
            ) from None
        # A little before its time, so that it does not expire on the way.
        self._token, self._token_until = token, self._clock() + max(seconds - 30.0, seconds / 2)
        return self._token

    def _send(self, method: str, url: httpx.URL, **request: Any) -> tuple[int, bytes]:
        """Status and bytes of the answer, after as many attempts as it took. Errors: ``SourceUnavailableError``."""
        last = "no answer"
        for attempt in range(1, self._retry.attempts + 1):
            asked_for: float | None = None
            try:
                with self._client.stream(method, url, **request) as answer:
                    if answer.status_code not in TRY_AGAIN:
                        return answer.status_code, self._content(answer)
                    last = f"status {answer.status_code}"
                    asked_for = _retry_after(answer.headers.get("Retry-After"))
            except httpx.RequestError as error:
                last = type(error).__name__
            if attempt < self._retry.attempts:
                self._sleep(self._retry.wait(attempt, asked_for))
        raise SourceUnavailableError(
            f"{method} {url.host}{url.path} did not succeed in {self._retry.attempts} attempts (last: {last}).",
            advice="nothing was written; wait and run the same command again, or ask those who run the source.",
        )

    def _content(self, answer: httpx.Response) -> bytes:
        """The bytes of the answer, unpacked. Errors: ``SourceUnavailableError`` where there are too many."""
        parts, size = [], 0
        for part in answer.iter_bytes():
            size += len(part)
            if size > self._most_bytes:
                raise SourceUnavailableError(
                    f"{answer.url.host}{answer.url.path} answers with more than {self._most_bytes} bytes.",
                    advice="ask for fewer rows at a time (limit).",
                )
            parts.append(part)
        return b"".join(parts)


def _safe(url: str) -> str:
    """``url`` where it is encrypted or on this machine. Errors: ``SourceUnavailableError`` where secrets were open."""
    parsed = _parsed(url)
    if parsed.scheme == "https" or (parsed.scheme == "http" and parsed.host in LOOPBACK):
        return url
    raise SourceUnavailableError(
        f"The address of the source, {parsed.scheme}://{parsed.host}, is not encrypted.",
        advice="use its https address.",
    )


def _parsed(url: str) -> httpx.URL:
    """The parts of ``url``. Errors: ``SourceUnavailableError`` where it is no address."""
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise SourceUnavailableError(
            "The address of the source is no address.", advice="write it as https://host/path."
        ) from None


def _retry_after(header: str | None) -> float | None:
    """Seconds to wait as the server asks (a number or a date), or None where it does not say."""
    if not header:
        return None
    try:
        return float(header)
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - datetime.now(UTC).timestamp()


def _refused(method: str, url: httpx.URL, status: int) -> SourceUnavailableError:
    advice = {
        400: "the source does not take these questions; see which version of the specification it follows.",
        401: "see that the credentials in the environment are right and have not been withdrawn.",
        403: "ask those who run the source for the right to read this.",
        404: "see that the address of the source is right.",
    }.get(status, "ask those who run the source.")
    return SourceUnavailableError(f"{method} {url.host}{url.path} was refused with status {status}.", advice=advice)
