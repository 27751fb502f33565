"""Previews from Deezer's public API: looked up by ISRC, else searched for.

The API answers every error with HTTP 200 and {"error": {"code": ...}}. A preview's
address dies after 15 minutes, so only Deezer's id of the track is kept of it, and the
audio stays in memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import requests

from companion.errors import ClipDamaged, ClipMismatch, ClipMissing, ClipSourceBusy
from companion.music.clips.matching import (
    Recording,
    match_by_isrc,
    match_by_name,
    plain_isrc,
    plain_title,
)
from companion.music.clips.pace import Pace, Pacing
from companion.music.clips.provider import Clip, ClipQuery, Match

TIMEOUT_S = (5.0, 10.0)  # to connect, and between two parts of an answer
DOWNLOAD_S = 30.0  # for a whole clip
LARGEST_CLIP = 4 * 1024 * 1024  # bytes; a 30-second preview has half a megabyte
GAP_S = 0.3  # between two requests: Deezer allows 50 in 5 seconds, we take 17
BACK_OFF_S = (2.0, 5.0)  # waited before each further try while throttled
CANDIDATES = 10
THROTTLED = 4
LOOPBACK = ("127.0.0.1", "::1")

Check = Callable[[ClipQuery, Recording], Match]


class DeezerClips:
    """30-second previews from Deezer.

    Args:
        url: the API's address.
        session: what sends the requests.
        pace: what keeps them apart.
    """

    name = "deezer"

    def __init__(
        self, url: str, session: requests.Session | None = None, pace: Pacing | None = None
    ) -> None:
        self._url = url.rstrip("/")
        self._session = session or requests.Session()
        self._pace = pace or Pace(GAP_S)

    def find(self, query: ClipQuery) -> Clip:
        """See ClipProvider; the reference is Deezer's id of the track."""
        mismatch: ClipMismatch | None = None
        for entry, check in self._candidates(query):
            try:
                match = check(query, _recording(entry))
            except ClipMismatch as error:
                mismatch = mismatch or error
                continue
            if preview := entry.get("preview"):
                return Clip(self._download(str(preview)), self.name, str(entry["id"]), match)
        raise mismatch or ClipMissing("Deezer has no preview of this track.")

    def _candidates(self, query: ClipQuery) -> Iterator[tuple[dict[str, Any], Check]]:
        if query.isrc:
            answer = self._ask(f"/track/isrc:{plain_isrc(query.isrc)}")
            if answer and "id" in answer:
                yield answer, match_by_isrc
        title = plain_title(query.title).strip()
        if not title:
            return
        words = " ".join([*query.artists[:1], title])
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
        self._pace.wait()
        try:
            response = self._session.get(
                self._url + path, params=parameters, timeout=TIMEOUT_S, allow_redirects=False
            )
            answer = response.json()
        except requests.RequestException as error:
            raise ClipSourceBusy(f"Deezer does not answer: {type(error).__name__}.") from error
        if response.status_code != requests.codes.ok or not isinstance(answer, dict):
            raise ClipSourceBusy(f"Deezer answers with status {response.status_code}.")
        return answer

    def _download(self, url: str) -> bytes:
        self._check_address(url)
        self._pace.wait()
        deadline = time.monotonic() + DOWNLOAD_S
        audio = bytearray()
        try:
            with self._session.get(
                url, timeout=TIMEOUT_S, stream=True, allow_redirects=False
            ) as response:
                _check_status(response.status_code)
                for part in response.iter_content(64 * 1024):
                    audio += part
                    if len(audio) > LARGEST_CLIP:
                        raise ClipDamaged("Deezer's clip is larger than any preview.")
                    if time.monotonic() > deadline:
                        raise ClipSourceBusy("Deezer's clip comes too slowly.")
        except requests.exceptions.ChunkedEncodingError as error:
            raise ClipDamaged("Deezer's clip broke off.") from error
        except requests.RequestException as error:
            raise ClipSourceBusy(f"Deezer's clip does not come: {type(error).__name__}.") from error
        if not audio:
            raise ClipDamaged("Deezer's clip is empty.")
        return bytes(audio)

    def _check_address(self, url: str) -> None:
        """Only https; plain http only from a stand-in on this machine to this machine."""
        address = urlsplit(url)
        local = address.hostname in LOOPBACK and urlsplit(self._url).hostname in LOOPBACK
        if address.scheme != "https" and not (address.scheme == "http" and local):
            raise ClipMissing("Deezer names a clip at an address that is not https.")


def _check_status(status: int) -> None:
    if status == requests.codes.too_many_requests or status >= requests.codes.server_error:
        raise ClipSourceBusy(f"Deezer's clip host answers with status {status}.")
    if status != requests.codes.ok:
        raise ClipMissing(f"Deezer's clip host answers with status {status}.")


def _recording(entry: dict[str, Any]) -> Recording:
    """What Deezer says of a track; what is missing matches nothing."""
    people = [entry.get("artist"), *(entry.get("contributors") or [])]
    names = [str(person.get("name") or "") for person in people if isinstance(person, dict)]
    duration = entry.get("duration")
    seconds = float(duration) if isinstance(duration, int | float) else 0.0
    return Recording(str(entry.get("title") or ""), tuple(dict.fromkeys(names)), seconds)
