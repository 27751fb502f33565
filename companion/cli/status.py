"""`companion status`: one screen of how things stand."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import typer

from companion.cli.home import Home, open_home
from companion.cli.output import Json, print_json
from companion.errors import KeyringMissing, LoginNeeded

if TYPE_CHECKING:
    from companion.store.visits import Visit

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Status:
    """How things stand; None where there is nothing to tell.

    Attributes:
        sign_in: a sentence on the sign-in.
        waiting: the own track that waits in Spotify's queue.
        calls_left: how many calls of each group of endpoints our own budget has left.
        not_before: when Spotify may be asked again, for the groups that must wait.
    """

    schema: int
    sign_in: str
    sign_in_days_left: int | None
    last_visit: str | None
    last_visit_at: str | None
    mood: dict[str, float] | None
    strategy: str
    waiting: str | None
    tracks: int
    tagged: int
    calls_left: dict[str, int]
    not_before: dict[str, str]


def status(*, as_json: Json = False) -> None:
    """Show how things stand."""
    found = read_status(open_home(), datetime.now(UTC))
    if as_json:
        print_json(asdict(found))
        return
    visit = "none yet"
    if found.last_visit and found.last_visit_at:
        visit = f"{_clock(found.last_visit_at)}, {found.last_visit}"
    mood = "unknown: nothing recent to go by"
    if found.mood:
        mood = f"valence {found.mood['valence']:+.2f}, arousal {found.mood['arousal']:+.2f}"
    lines = {
        "Sign-in": found.sign_in,
        "Library": f"{found.tagged} of {found.tracks} tracks tagged",
        "Last visit": visit,
        "Mood": mood,
        "Strategy": found.strategy,
        "Waiting": found.waiting or "no own track in Spotify's queue",
        "Calls left": ", ".join(f"{left} {group}" for group, left in found.calls_left.items()),
    }
    for group, until in found.not_before.items():
        lines[f"No {group}"] = f"before {_clock(until)}: Spotify asked us to wait"
    for name, line in lines.items():
        typer.echo(f"{name:11} {line}")


def read_status(home: Home, now: datetime) -> Status:
    """Gather it from the store and the keyring; Spotify is not asked."""
    from companion.agent.gate import calls_left
    from companion.choose.mood import FORGOTTEN_AFTER_HALF_LIVES, present_mood
    from companion.spotify.gate import Group, budget_of
    from companion.store.calls import read_wait
    from companion.store.queue import OUTSTANDING, entries_in
    from companion.store.readings import readings_since
    from companion.store.tags import count_tags
    from companion.store.visits import last_visit

    half_life = timedelta(minutes=home.config.choose.half_life_minutes)
    with home.store() as db:
        visit = last_visit(db)
        readings = readings_since(db, now - FORGOTTEN_AFTER_HALF_LIVES * half_life)
        waiting = entries_in(db, OUTSTANDING)
        counts = count_tags(db)
        left = calls_left(db, budget_of(home.config.spotify), now)
        waits = {group.value: read_wait(db, group, now) for group in Group}
    mood = present_mood(readings, now, half_life)
    sign_in, days = _sign_in(now)
    return Status(
        schema=SCHEMA,
        sign_in=sign_in,
        sign_in_days_left=days,
        last_visit=_sentence(visit) if visit else None,
        last_visit_at=visit.at.isoformat() if visit else None,
        mood=asdict(mood.affect) if mood else None,
        strategy=home.config.choose.strategy,
        waiting=waiting[0].track.byline if waiting else None,
        tracks=counts.tracks,
        tagged=counts.tagged,
        calls_left={group.value: calls for group, calls in left.items()},
        not_before={group: until.isoformat() for group, until in waits.items() if until},
    )


def _clock(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone():%d %B %H:%M}"


def _sentence(visit: Visit) -> str:
    from companion.agent.outcome import Outcome

    word = Outcome(visit.outcome).words
    return f"{word}: {visit.detail}" if visit.detail else word


def _sign_in(now: datetime) -> tuple[str, int | None]:
    """A sentence, and the days left; None where nobody is signed in."""
    from companion.spotify.login import stored_consent

    try:
        consent = stored_consent()
    except (KeyringMissing, LoginNeeded) as error:
        return f"{error} {error.remedy}", None
    if consent is None:
        return "not signed in: run `companion login`", None
    days = consent.days_left(now.date())
    return consent.warning(now.date()) or f"{days} days left", days
