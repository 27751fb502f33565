from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from companion.errors import (
    LoginNeeded,
    NoDevice,
    PremiumNeeded,
    QuotaExceeded,
    Restricted,
    SpotifyError,
    SpotifyUnreachable,
)
from companion.spotify.refusals import (
    LONGEST_WORDS,
    TokenRefused,
    is_good,
    printable,
    read_json,
    refusal,
    spoken,
)
from tests.spotify.fakes import TODAY

TIMES = (
    pytest.param("7", timedelta(seconds=7), id="short"),
    pytest.param("0", timedelta(0), id="none"),
    pytest.param("50000", timedelta(seconds=50_000), id="long"),
    pytest.param("9" * 30, timedelta(days=7), id="absurd"),
    pytest.param(None, timedelta(seconds=30), id="absent"),
    pytest.param("soon", timedelta(seconds=30), id="text"),
    pytest.param("-5", timedelta(seconds=30), id="negative"),
    pytest.param("1.5", timedelta(seconds=30), id="fraction"),
    pytest.param("²", timedelta(seconds=30), id="superscript"),
    pytest.param("Wed, 21 Oct 2026 07:28:00 GMT", timedelta(seconds=30), id="date"),
)


def answer(status: int, body: Any = "", **headers: str) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response._content = (body if isinstance(body, str) else json.dumps(body)).encode()
    response.encoding = "utf-8"
    response.headers.update(headers)
    return response


def api_error(status: int, message: str, reason: str | None = None) -> requests.Response:
    return answer(status, {"error": {"status": status, "message": message, "reason": reason}})


def meant(response: requests.Response) -> SpotifyError:
    return refusal(response, spoken(response), TODAY)


@pytest.mark.parametrize(
    ("response", "kind", "words"),
    [
        (api_error(401, "The access token expired"), TokenRefused, "The access token expired"),
        (api_error(403, "Player command failed: Premium required", "PREMIUM_REQUIRED"),
         PremiumNeeded, "Premium required"),
        (answer(403, "Active premium subscription required for the owner of the app."),
         PremiumNeeded, "owner of the app"),
        (answer(403, "Check settings on the dashboard, the user may not be registered."),
         Restricted, "may not be registered"),
        (api_error(403, "Player command failed: Restriction violated", "UNKNOWN"),
         Restricted, "Restriction violated"),
        (api_error(403, "Insufficient client scope"), LoginNeeded, "Insufficient client scope"),
        (answer(403), Restricted, "status 403"),
        (api_error(404, "Player command failed: No active device found", "NO_ACTIVE_DEVICE"),
         NoDevice, "No active device"),
        (api_error(404, "No active device found"), NoDevice, "No active device"),
        (api_error(404, "Resource not found"), SpotifyError, "Resource not found"),
        (answer(429, "Too many requests"), QuotaExceeded, "Too many requests"),
        (api_error(500, "Server error"), SpotifyUnreachable, "Server error"),
        (answer(502, "<html><h1>Bad gateway</h1></html>"), SpotifyUnreachable, "Bad gateway"),
        (answer(503, "upstream connect error"), SpotifyUnreachable, "upstream connect error"),
        (answer(599, {"error": "x"}), SpotifyUnreachable, "x"),
        (api_error(400, "Invalid limit"), SpotifyError, "Invalid limit"),
        (answer(410, {}), SpotifyError, "status 410"),
        (answer(302), SpotifyUnreachable, "status 302"),
        (answer(400, "<" * 4_000_000), SpotifyError, "status 400"),
    ],
)  # fmt: skip
def test_each_refusal_has_its_kind_and_keeps_spotifys_words(
    response: requests.Response, kind: type[SpotifyError], words: str
) -> None:
    error = meant(response)
    assert type(error) is kind
    assert words in str(error)
    assert str(error).endswith(".")


def test_the_owner_and_the_unregistered_user_get_their_own_remedy() -> None:
    owner = meant(answer(403, "Active premium subscription required for the owner of the app."))
    user = meant(answer(403, "the user may not be registered"))
    assert "owner" in owner.remedy
    assert "User Management" in user.remedy


@pytest.mark.parametrize(("header", "wait"), TIMES)
def test_reads_how_long_to_wait(header: str | None, wait: timedelta) -> None:
    headers = {} if header is None else {"Retry-After": header}
    error = meant(answer(429, "", **headers))
    assert isinstance(error, QuotaExceeded)
    assert error.retry_at == TODAY + wait


def test_a_used_up_quota_without_a_time_lasts_a_day() -> None:
    error = meant(api_error(429, "API rate limit exceeded", "QUOTA_EXCEEDED"))
    assert isinstance(error, QuotaExceeded)
    assert error.retry_at == TODAY + timedelta(hours=24)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"message": "In an object"}}, "In an object"),
        ({"error": "invalid_grant", "error_description": "Described"}, "Described"),
        ({"error": "a_word"}, "a_word"),
        ({"error": None}, "status 400"),
        ([1, 2], "[1, 2]"),
        ("", "status 400"),
        ("<p>Tom &amp; Jerry</p>", "Tom & Jerry"),
        ("two\nlines\x1b[31m", "two lines [31m"),
        ("Ends with a dot.", "Ends with a dot"),
    ],
)
def test_finds_spotifys_words(body: object, words: str) -> None:
    assert spoken(answer(400, body)) == words


def test_blots_out_secrets_that_spotify_repeats() -> None:
    response = api_error(401, "Invalid access token: abc-secret")
    assert spoken(response, ["abc-secret", ""]) == "Invalid access token: ***"


@given(st.text())
def test_a_strangers_words_are_one_short_printable_line(words: str) -> None:
    line = printable(words)
    assert line.isprintable()
    assert len(line) <= LONGEST_WORDS


@given(
    st.integers(100, 999),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text("a<", max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["error", "message", "reason"]), inner)
        ),
        max_leaves=5,
    ),
)
def test_every_answer_that_is_not_good_means_an_error(status: int, body: Any) -> None:
    response = answer(status, body)
    assert is_good(response) == (200 <= status < 300)
    assert isinstance(meant(response), SpotifyError)


@pytest.mark.parametrize("body", ["", "text", "[]", "null", "3", "{", "\x00"])
def test_only_an_object_is_an_answer(body: str) -> None:
    assert read_json(answer(200, body)) is None
    assert read_json(answer(200, "{}")) == {}
