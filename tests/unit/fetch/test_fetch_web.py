from __future__ import annotations

from collections.abc import Callable

import pytest
from loopback import Answer, Request, Server
from ss12000_server import CLIENT, SECRET, Register

from likvard.errors import CredentialsMissingError, SourceUnavailableError
from likvard.fetch.web import ClientCredentials, Retry, Web, credentials_from_environment

Serve = Callable[[Callable[[Request], Answer]], Server]


def in_turn(*answers: Answer) -> Callable[[Request], Answer]:
    left = list(answers)
    return lambda _: left.pop(0)


def test_a_busy_server_is_asked_again_after_as_long_as_it_says(serve: Serve) -> None:
    waits: list[float] = []
    server = serve(in_turn(Answer(429, headers={"Retry-After": "7"}), Answer(503), Answer(200, {"ok": 1})))
    with Web(server.url, sleep=waits.append) as web:
        assert web.get("/x") == b'{"ok": 1}'
    assert waits == [7, 2]
    assert [one.location for one in web.receipts] == ["/x"]


def test_the_wait_is_bounded_whatever_the_server_says(serve: Serve) -> None:
    waits: list[float] = []
    answers = [
        Answer(429, headers={"Retry-After": value})
        for value in ("86400", "-5", "Wed, 01 Jan 2020 00:00:00 GMT", "soon")
    ]
    server = serve(in_turn(*answers, Answer(200, 1)))
    with Web(server.url, sleep=waits.append, retry=Retry(longest_wait_seconds=10)) as web:
        web.get("/x")
    assert waits == [10, 0, 0, 8]


def test_a_server_that_stays_busy_is_given_up_with_a_message(serve: Serve) -> None:
    server = serve(lambda _: Answer(503))
    with (
        Web(server.url, sleep=lambda _: None, retry=Retry(attempts=3)) as web,
        pytest.raises(
            SourceUnavailableError, match=r"GET 127\.0\.0\.1/x did not succeed in 3 attempts \(last: status 503\)"
        ),
    ):
        web.get("/x", {"secret": "1"})
    assert len(server.requests) == 3


def test_a_server_that_is_not_there_is_given_up_with_a_message(serve: Serve) -> None:
    server = serve(lambda _: Answer(200))
    server.stop()
    with Web(server.url, sleep=lambda _: None) as web, pytest.raises(SourceUnavailableError, match="ConnectError"):
        web.get("/x")


@pytest.mark.parametrize("status", [404, 501])
def test_what_a_server_does_not_offer_is_none_and_not_an_error(serve: Serve, status: int) -> None:
    with Web(serve(lambda _: Answer(status)).url) as web:
        assert web.get("/x") is None
    assert web.receipts == []


@pytest.mark.parametrize("status", [302, 400, 401, 403])
def test_a_refusal_is_an_error_that_is_not_tried_again(serve: Serve, status: int) -> None:
    server = serve(lambda _: Answer(status, {"pupil": "Anna"}, {"Location": "http://127.0.0.1:1/"}))
    with Web(server.url) as web, pytest.raises(SourceUnavailableError, match=f"status {status}") as told:
        web.get("/x")
    assert "Anna" not in str(told.value)
    assert len(server.requests) == 1


def test_an_answer_that_does_not_end_is_cut(serve: Serve) -> None:
    with (
        Web(serve(lambda _: Answer(200, b"x" * 5000)).url, most_bytes=1000) as web,
        pytest.raises(SourceUnavailableError),
    ):
        web.get("/x")


@pytest.mark.parametrize(
    "damaged",
    [
        Answer(200, b"no gzip", {"Content-Encoding": "gzip"}),
        Answer(200, b"x", {"Content-Length": "9", "Connection": "close"}),
    ],
)
def test_an_answer_that_arrives_damaged_is_asked_for_again(serve: Serve, damaged: Answer) -> None:
    server = serve(in_turn(damaged, Answer(200, 1)))
    with Web(server.url, sleep=lambda _: None) as web:
        assert web.get("/x") == b"1"


@pytest.mark.parametrize("address", ["https://school.example:port", "school.example", "ftp://school.example", ""])
def test_what_is_no_address_is_refused_with_a_message(address: str) -> None:
    with pytest.raises(SourceUnavailableError, match="address"):
        Web(address)


def test_a_source_cannot_lead_to_another_host(serve: Serve) -> None:
    with (
        Web(serve(lambda _: Answer(200)).url) as web,
        pytest.raises(SourceUnavailableError, match=r"leads to another host, evil\.example"),
    ):
        web.get("https://evil.example/x")


def test_secrets_do_not_travel_unencrypted() -> None:
    with pytest.raises(SourceUnavailableError, match="not encrypted"):
        Web("http://school.example")
    with pytest.raises(SourceUnavailableError, match="not encrypted"):
        Web("https://school.example", credentials=ClientCredentials("http://school.example/token", CLIENT, SECRET))


@pytest.mark.parametrize("sent_in", ["header", "body"])
def test_a_token_is_fetched_once_and_renewed_before_its_time(serve: Serve, sent_in: str) -> None:
    register = Register({"groups": []}, token_lasts_seconds=100)
    server = serve(register)
    seconds = [0.0]
    credentials = ClientCredentials(f"{server.url}/token", CLIENT, SECRET, sent_in=sent_in)  # type: ignore[arg-type]
    with Web(f"{server.url}/v2.1", credentials=credentials, clock=lambda: seconds[0]) as web:
        web.get("groups", {"limit": 1})
        web.get("groups", {"limit": 1})
        assert len(register.tokens) == 1
        seconds[0] = 75.0
        web.get("groups", {"limit": 1})
    assert len(register.tokens) == 2


def test_a_token_that_expired_on_the_way_is_renewed_once(serve: Serve) -> None:
    register = Register({"groups": []})
    server = serve(register)
    credentials = ClientCredentials(f"{server.url}/token", CLIENT, SECRET)
    with Web(f"{server.url}/v2.1", credentials=credentials) as web:
        web.get("groups", {"limit": 1})
        register.withdrawn.add("token-1")
        assert web.get("groups", {"limit": 1})
        register.withdrawn |= {"token-2", "token-3"}
        with pytest.raises(SourceUnavailableError, match="status 401"):
            web.get("groups", {"limit": 1})
    assert len(register.tokens) == 3


def test_wrong_credentials_are_an_error_that_does_not_show_them(serve: Serve) -> None:
    server = serve(Register({}))
    credentials = ClientCredentials(f"{server.url}/token", CLIENT, "wrong but secret")
    with Web(server.url, credentials=credentials) as web, pytest.raises(SourceUnavailableError) as told:
        web.get("groups")
    assert "wrong but secret" not in str(told.value) + repr(credentials)
    assert "/token was refused with status 401" in str(told.value)


def test_an_answer_without_a_token_is_an_error(serve: Serve) -> None:
    server = serve(lambda _: Answer(200, ["no token"]))
    with (
        Web(server.url, credentials=ClientCredentials(f"{server.url}/token", CLIENT, SECRET)) as web,
        pytest.raises(SourceUnavailableError, match="without a token"),
    ):
        web.get("groups")


def test_credentials_come_from_the_environment_and_every_absent_one_is_named() -> None:
    given = {
        "REGISTER_TOKEN_URL": "https://school.example/token",
        "REGISTER_CLIENT_ID": CLIENT,
        "REGISTER_CLIENT_SECRET": SECRET,
    }
    read = credentials_from_environment("REGISTER", given)
    assert (read.client_id, read.client_secret, read.sent_in) == (CLIENT, SECRET, "header")
    assert SECRET not in repr(read)
    with pytest.raises(CredentialsMissingError) as told:
        credentials_from_environment("REGISTER", {"REGISTER_CLIENT_ID": CLIENT})
    assert told.value.problems == ("REGISTER_TOKEN_URL is not set", "REGISTER_CLIENT_SECRET is not set")
