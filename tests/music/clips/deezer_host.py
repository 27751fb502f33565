"""A small host on loopback that answers as Deezer does, and misbehaves as it does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

NO_DATA = {"error": {"type": "DataException", "message": "no data", "code": 800}}
THROTTLED = {"error": {"type": "Exception", "message": "Quota limit exceeded", "code": 4}}
BAD_QUERY = {"error": {"type": "ParameterException", "message": "Wrong parameter", "code": 500}}


@dataclass
class Host:
    """A fake of Deezer: its recordings, and the requests that it got.

    `script` holds answers that it gives, one each, before it goes back to what it knows:
    a value is sent as JSON with status 200, a pair as that status and that body.
    """

    url: str = ""
    tracks: list[dict[str, Any]] = field(default_factory=list)
    audio: dict[str, bytes] = field(default_factory=dict)
    script: list[Any] = field(default_factory=list)
    audio_status: int = 200
    cut_short: bool = False
    asked: list[str] = field(default_factory=list)

    def add(self, number: int, audio: bytes, **changes: Any) -> None:
        """A track, with its preview."""
        self.audio[f"/clips/{number}.mp3"] = audio
        track = {
            "id": number,
            "title": "Song",
            "artist": {"name": "Band"},
            "duration": 5,
            "preview": f"{self.url}/clips/{number}.mp3",
        }
        self.tracks.append({**track, **changes})

    def answer(self, target: str) -> Any:
        """Return the API's answer, errors included."""
        if self.script:
            return self.script.pop(0)
        path = urlsplit(target)
        if path.path.startswith("/track/isrc:"):
            isrc = path.path.partition(":")[2]
            return next((t for t in self.tracks if t.get("isrc") == isrc), NO_DATA)
        words = parse_qs(path.query).get("q", [""])[0].casefold().split()
        if not words:
            return BAD_QUERY
        return {"data": [t for t in self.tracks if all(w in _text(t) for w in words)]}


def _text(track: dict[str, Any]) -> str:
    return f"{track.get('title')} {(track.get('artist') or {}).get('name')}".casefold()


@contextmanager
def serve(host: Host) -> Iterator[Host]:
    """Run the host on a free port of 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.asked.append(self.path)
            if self.path.startswith("/clips/"):
                self._send_audio(host.audio[self.path])
            else:
                answer = host.answer(self.path)
                status, body = answer if isinstance(answer, tuple) else (200, json.dumps(answer))
                self._send(status, body.encode(), len(body.encode()))

        def _send_audio(self, audio: bytes) -> None:
            sent = audio[: len(audio) // 2] if host.cut_short else audio
            self._send(host.audio_status, sent, len(audio))

        def _send(self, status: int, body: bytes, length: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        host.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield host
        server.shutdown()
        thread.join()
