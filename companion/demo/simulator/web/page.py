"""The page at `/`: what plays, the queue, the last requests, and the listener's buttons."""

from __future__ import annotations

from html import escape
from itertools import islice

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from companion.demo.simulator.faults import FAULTS, Faults
from companion.demo.simulator.library import Advert, Episode, Item, LocalFile, Track
from companion.demo.simulator.web.requests_log import LoggedRequest, RequestLog
from companion.demo.simulator.world import World

SHOWN = 30  # requests

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">
<title>Spotify simulator</title>
<style>body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 46em; margin: 2em auto;
  padding: 0 1em }} table {{ border-collapse: collapse }} td {{ padding: 0 1em 0 0 }}
form {{ display: inline }}</style></head><body>
<h1>Spotify simulator</h1>
<p>{playing}</p>
<p>{buttons}</p>
<form method="post" action="/faults"><select name="fault">{faults}</select>
<button>goes wrong next</button></form>
<p>{waiting}</p>
<h2>The listener's queue</h2><ol>{queued}</ol>
<h2>Last requests</h2><table>{requests}</table>
</body></html>"""


class StatusPage:
    """A page for people; it reloads itself."""

    def __init__(self, world: World, log: RequestLog, faults: Faults) -> None:
        self._world = world
        self._log = log
        self._faults = faults

    def routes(self) -> list[Route]:
        return [
            Route("/", self._page, methods=["GET"]),
            Route("/listener/{press}", self._press, methods=["POST"]),
        ]

    async def _page(self, _: Request) -> Response:
        newest = islice(reversed(list(self._log)), SHOWN)
        text = PAGE.format(
            playing=escape(self._playing()),
            buttons="".join(map(_button, ("play", "pause", "next"))),
            faults="".join(f"<option>{name}</option>" for name in FAULTS),
            waiting=f"To go wrong: {', '.join(self._faults.names()) or 'nothing'}.",
            queued="".join(f"<li>{escape(_name(item))}</li>" for item in self._queued()),
            requests="".join(map(_row, newest)),
        )
        return HTMLResponse(text)

    async def _press(self, request: Request) -> Response:
        player = self._world.player
        presses = {"play": self._play, "pause": player.pause, "next": player.skip}
        if press := presses.get(request.path_params["press"]):
            press()
        return RedirectResponse("/", 303)

    def _play(self) -> None:
        """Go on, or begin with the saved tracks where nothing plays yet."""
        if self._world.player.now() is None and self._world.library.tracks:
            self._world.player.play(self._world.library.tracks)
        self._world.player.resume()

    def _playing(self) -> str:
        state = self._world.player.now()
        if state is None:
            return "Nothing plays."
        at, length = state.progress_ms // 1000, state.item.duration_ms // 1000
        word = "Plays" if state.is_playing else "Paused"
        return f"{word}: {_name(state.item)}, {at} of {length} s, on {state.device.name}."

    def _queued(self) -> list[Item]:
        return self._world.player.queued()


def _name(item: Item) -> str:
    match item:
        case Track():
            return f"{item.artists[0].name} - {item.name}"
        case LocalFile():
            return f"{item.artist} - {item.name} (local file)"
        case Episode():
            return f"{item.show}: {item.name}"
        case Advert():
            return "an advert"


def _button(press: str) -> str:
    return f'<form method="post" action="/listener/{press}"><button>{press}</button></form> '


def _row(request: LoggedRequest) -> str:
    query = " ".join(f"{key}={value}" for key, value in request.query)
    cells = (request.method, request.path, query, str(request.status))
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
