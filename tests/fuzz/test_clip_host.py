from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import requests

from companion.errors import ClipError
from companion.http_client import parse_json
from companion.music.clips.deezer import DeezerClips
from companion.music.clips.pace import Pace
from companion.music.clips.provider import Clip, ClipQuery
from tests.fuzz.clip_host_answers import answers

COUNT = 10_000
QUERIES = (
    ClipQuery("Song", ("Band",), 5.0, "DEAB12600001"),
    ClipQuery("Song", ("Band",), 5.0),
    ClipQuery("दिल", (), 0.0),
)


class Answers(requests.Session):
    """Gives one body to every request to the API, and a clip to every other one."""

    def __init__(self) -> None:
        super().__init__()
        self.body = b""

    def get(self, url: str | bytes, **_: Any) -> requests.Response:
        requests.Request("GET", str(url)).prepare()  # raises what a real session would
        response = requests.Response()
        response.status_code = 200
        body = b"audio" if "/clip" in str(url) else self.body
        response._content = body
        response.json = lambda **_: parse_json(body)  # type: ignore[method-assign]
        return response


def check(seed: int, count: int) -> Counter[str]:
    """Give so many answers; each is a clip, or the error of one track.

    Returns:
        how often each kind of result came.
    """
    outcomes = Counter[str]()
    with Answers() as session:
        clips = DeezerClips("http://127.0.0.1:9", session, Pace(0, sleep=lambda _: None))
        for index, body in enumerate(answers(seed, count)):
            session.body = body
            try:
                found: object = clips.find(QUERIES[index % len(QUERIES)])
            except ClipError as error:
                found = error
            except Exception as error:
                raise AssertionError(f"{type(error).__name__} at {body[:300]!r}") from error
            if isinstance(found, Clip):
                assert found.reference.isdigit()
            else:
                assert "\n" not in str(found).encode().decode()
            outcomes[type(found).__name__] += 1
    return outcomes


@pytest.mark.slow
def test_any_answer_is_a_clip_or_one_tracks_error() -> None:
    outcomes = check(seed=14, count=COUNT)
    assert sum(outcomes.values()) == COUNT
    assert {"Clip", "ClipMissing", "ClipMismatch", "ClipAnswerInvalid"} <= set(outcomes), outcomes
