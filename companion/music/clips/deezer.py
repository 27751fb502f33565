"""Previews from Deezer's public API: looked up by ISRC, else searched for.

The API answers every error with HTTP 200 and {"error": {"code": ...}}. A preview's
address dies after 15 minutes, so only Deezer's id of the track is kept of it, and the
audio stays in memory.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.exceptions import ChunkedEncodingError, ContentDecodingError, RequestException

from companion.errors import (
    ClipAnswerInvalid,
    ClipDamaged,
    ClipError,
    ClipMismatch,
    ClipMissing,
    ClipSourceBroken,
    ClipSourceBusy,
)
from companion.http_client import (
    AnswerTooLarge,
    BoundedSession,
    EnvironmentInvalid,
    describe_failure,
)
from companion.music.clips.matching import (
    Recording,
    match_by_isrc,
    match_by_name,
    plain_isrc,
    plain_title,
)
from companion.music.clips.pace import Pace, Pacing
from companion.music.clips.provider import Clip, ClipQuery, Match, plausible_seconds
from companion.text import one_line

TIMEOUT_S = (5.0, 10.0)  # to connect, and between two parts of an answer
DEADLINE_S = 30.0  # for a whole answer, or a whole clip
LARGEST_CLIP_BYTES = 4 * 1024 * 1024  # a 30-second preview has half a megabyte
LARGEST_JSON_BYTES = 1024 * 1024  # ten tracks have 20 kilobytes
GAP_S = 0.3  # between two requests: Deezer allows 50 in 5 seconds, we take 17
BACK_OFF_S = (2.0, 5.0)  # waited before each further try while throttled
CANDIDATES = 10
LONGEST_ID = 32  # digits
THROTTLED = 4
LOOPBACK = ("127.0.0.1", "::1")
BAD_ADDRESS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
)

Check = Callable[[ClipQuery, Recording], Match]


class DeezerClips:
    """30-second previews from Deezer.

    Args:
        url: the API's address.
        session: sends the requests.
        pace: keeps them apart.
    """

    name = "deezer"

    def __init__(
        self, url: str, session: requests.Session | None = None, pace: Pacing | None = None
    ) -> None:
        self._url = url.rstrip("/")
        self._session = session or BoundedSession(DEADLINE_S, LARGEST_CLIP_BYTES)
        self._pace = pace or Pace(GAP_S)

    def find(self, query: ClipQuery) -> Clip:
        """See ClipProvider; the reference is Deezer's id of the track."""
        problem: ClipError | None = None
        for entry, check in self._candidates(query):
            try:
                reference = _id(entry)
                match = check(query, _recording(entry))
                address = self._preview_address(entry)
            except (ClipMismatch, ClipMissing, ClipAnswerInvalid) as error:
                problem = problem or error
                continue
            return Clip(self._download(address), self.name, reference, match)
        raise problem or ClipMissing("Deezer has no preview of this track.")

    def _candidates(self, query: ClipQuery) -> Iterator[tuple[dict[str, Any], Check]]:
        if query.isrc:
            answer = self._ask(f"/track/isrc:{plain_isrc(query.isrc)}")
            if answer and "id" in answer:
                yield answer, match_by_isrc
        title = one_line(plain_title(query.title)).strip()
        if not title:
            return
        words = " ".join([*map(one_line, query.artists[:1]), title])
        found = self._ask("/search", {"q": words, "limit": str(CANDIDATES)}).get("data")
        for entry in found if isinstance(found, list) else []:
            if isinstance(entry, dict) and "id" in entry:
                yield entry, match_by_name

    def _ask(self, path: str, parameters: dict[str, str] | None = None) -> dict[str, Any]:
        """The answer, which is empty where Deezer does not know or understand the question."""
        for wait_s in (*BACK_OFF_S, None):
            answer = self._get_json(path, parameters)
            error = answer.get("error")
            if not error:
                return answer
            if not isinstance(error, dict) or error.get("code") != THROTTLED:
                return {}
            if wait_s is not None:
                self._pace.rest(wait_s)
        raise ClipSourceBusy("Deezer asks for fewer requests.")

    def _get_json(self, path: str, parameters: dict[str, str] | None) -> dict[str, Any]:
        try:
            response = self._get(self._url + path, parameters)
            if len(response.content) > LARGEST_JSON_BYTES:
                raise AnswerTooLarge(response=response)
            answer = response.json()
        except RequestException as error:
            if isinstance(error, BAD_ADDRESS):
                raise ClipSourceBroken(
                    "The address of Deezer in the config is invalid.",
                    remedy="Correct clips.deezer_url in the config, or leave it out.",
                ) from error
            raise ClipSourceBusy(f"Deezer does not answer: {describe_failure(error)}.") from error
        if response.status_code != requests.codes.ok:
            raise ClipSourceBusy(f"Deezer answers with status {response.status_code}.")
        if not isinstance(answer, dict):
            raise ClipAnswerInvalid("Deezer's answer is JSON, but not an object.")
        return answer

    def _get(self, url: str, parameters: dict[str, str] | None = None) -> requests.Response:
        self._pace.wait()
        try:
            return self._session.get(
                url, params=parameters, timeout=TIMEOUT_S, allow_redirects=False
            )
        except EnvironmentInvalid as error:
            raise ClipSourceBroken(error.problem, error.remedy) from error

    def _download(self, url: str) -> bytes:
        try:
            response = self._get(url)
        except BAD_ADDRESS as error:
            raise ClipAnswerInvalid("Deezer names a clip at an invalid address.") from error
        except AnswerTooLarge as error:
            raise ClipDamaged("Deezer's clip is larger than any preview.") from error
        except (ChunkedEncodingError, ContentDecodingError) as error:
            raise ClipDamaged("Deezer's clip broke off.") from error
        except RequestException as error:
            why = describe_failure(error)
            raise ClipSourceBusy(f"Deezer's clip host does not answer: {why}.") from error
        _check_status(response.status_code)
        if not response.content:
            raise ClipDamaged("Deezer's clip is empty.")
        return response.content

    def _preview_address(self, entry: dict[str, Any]) -> str:
        """The preview's address: https, or http from a stand-in on this machine to this machine.

        Raises:
            ClipMissing: there is none, or one that is not fetched.
            ClipAnswerInvalid: it is no address.
        """
        url = entry.get("preview")
        if not url:
            raise ClipMissing("Deezer has no preview of this track.")
        try:
            address = urlsplit(url if isinstance(url, str) else "")
            local = address.hostname in LOOPBACK and urlsplit(self._url).hostname in LOOPBACK
        except ValueError as error:
            raise ClipAnswerInvalid("Deezer names a clip at an invalid address.") from error
        if address.scheme != "https" and not (address.scheme == "http" and local):
            raise ClipMissing("Deezer names a clip at an address that is not https.")
        return str(url)


def _check_status(status: int) -> None:
    if status == requests.codes.too_many_requests or status >= requests.codes.server_error:
        raise ClipSourceBusy(f"Deezer's clip host answers with status {status}.")
    if status != requests.codes.ok:
        raise ClipMissing(f"Deezer's clip host answers with status {status}.")


def _id(entry: dict[str, Any]) -> str:
    """Deezer's id of a track, a number or its digits; raise ClipAnswerInvalid for another."""
    text = str(entry["id"])[: LONGEST_ID + 1]
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_ID):
        raise ClipAnswerInvalid("Deezer names a track by an id that is not a number.")
    return text


def _recording(entry: dict[str, Any]) -> Recording:
    """A track as Deezer describes it; what is missing or makes no sense matches nothing."""
    contributors = entry.get("contributors")
    people = [entry.get("artist"), *(contributors if isinstance(contributors, list) else [])]
    names = [_text(person.get("name")) for person in people if isinstance(person, dict)]
    return Recording(
        _text(entry.get("title")),
        tuple(dict.fromkeys(names)),
        plausible_seconds(entry.get("duration")),
    )


def _text(value: object) -> str:
    return one_line(value).strip() if isinstance(value, str) else ""
