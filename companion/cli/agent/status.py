"""`companion status`: one screen, for which neither Spotify nor the keyring is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

from companion.affect import Affect
from companion.cli.home import Home
from companion.cli.library.tagging_progress import ask_agent, describe_progress
from companion.cli.output import Json, count_of, place_words, print_json
from companion.config.file import load_config
from companion.config.schema import Config
from companion.errors import AgentNotRunning, ConfigError
from companion.paths import find_paths

if TYPE_CHECKING:
    import sqlite3

    from companion.store.history.visits import Visit

SCHEMA = 3


@dataclass(frozen=True, slots=True)
class Status:
    """The state of everything; None where there is nothing to tell. Times in ISO 8601, UTC.

    Attributes:
        agent: what the running agent tells of itself; see `companion.agent.service.agent.Agent`.
        config_problem: what is wrong with the settings, which are not in use then; else "".
        paused: "since" and "until" (None: until the user resumes).
        sign_in_ends: when Spotify asks for a new sign-in.
        last_visit: "at", "outcome", "reason", "detail" and whether the "camera" was used.
        camera: whether it may be opened now, by the settings, and within which "hours".
        mood: "valence", "arousal", "spread", "at", what it is "called", and of each source its
            share in it and how far it is trusted.
        resting_face: from how many "looks" it was learned, whether it is "calibrated" and "in_use",
            and the "examples" of moods.
        waiting: the own track that waits in Spotify's queue.
        untried: how many tracks have neither a tag nor a reason why they have none.
        clips: the sources of clips that are chosen.
        calls_left: how many calls of each group of endpoints our own budget has left.
        not_before: when Spotify may be asked again, for the groups that must wait.
    """

    schema: int
    agent: Mapping[str, Any] | None
    config_problem: str
    paused: dict[str, str | None] | None
    sign_in_ends: str | None
    sign_in_days_left: int | None
    last_visit: dict[str, Any] | None
    camera: dict[str, Any]
    mood: dict[str, Any] | None
    resting_face: dict[str, Any]
    strategy: str
    waiting: str | None
    tracks: int
    tagged: int
    untried: int
    clips: tuple[str, ...]
    calls_left: dict[str, int]
    not_before: dict[str, str]


def status(*, as_json: Json = False) -> None:
    """Show the present state; exit code 3 if no agent is running."""
    now = datetime.now(UTC)
    found = read_status(*_find_home(), now)
    if as_json:
        print_json(asdict(found))
    else:
        for name, line in describe(found, now):
            typer.echo(f"{name:11} {line}")
    if found.agent is None:
        raise AgentNotRunning("The agent is not running.")


def _find_home() -> tuple[Home, str]:
    """Open this user's home, quickly, without a log; with the problem of the settings, or ""."""
    paths = find_paths()
    paths.make()
    try:
        return Home(paths, load_config(paths.config)), ""
    except ConfigError as error:
        return Home(paths, Config()), str(error)


def read_status(home: Home, config_problem: str, now: datetime) -> Status:
    """Gather the state from the agent, if one runs, and from the store."""
    with home.store() as db:
        return Status(
            schema=SCHEMA,
            agent=ask_agent(home),
            config_problem=config_problem,
            **_read_store(home, db, now),
        )


def _read_store(home: Home, db: sqlite3.Connection, now: datetime) -> dict[str, Any]:
    from companion.agent.quota import calls_left
    from companion.agent.visit.conditions import may_look
    from companion.spotify.quota import Group, budget_of
    from companion.store.history.overrides import read_pause
    from companion.store.history.queue import OUTSTANDING, entries_in
    from companion.store.history.visits import last_visit
    from companion.store.metadata import CONSENT_ENDS, read_time
    from companion.store.tracks.library import count_tracks
    from companion.store.tracks.tags import count_tagged, count_untried
    from companion.store.usage import read_wait

    pause, ends, visit = read_pause(db, now), read_time(db, CONSENT_ENDS), last_visit(db)
    waiting = entries_in(db, OUTSTANDING)
    left = calls_left(db, budget_of(home.config.spotify), now)
    waits = {group: read_wait(db, group, now) for group in Group}
    return {
        "paused": {"since": _iso(pause.since), "until": _iso(pause.until)} if pause else None,
        "sign_in_ends": _iso(ends),
        "sign_in_days_left": max(0, (ends.date() - now.date()).days) if ends else None,
        "last_visit": _describe_visit(visit) if visit else None,
        "camera": {
            "may_look": may_look(home.config.camera, now),
            "enabled": home.config.camera.enabled,
            "hours": home.config.camera.hours,
        },
        "mood": _read_mood(home, db, now),
        "resting_face": _read_resting(db),
        "strategy": home.config.choose.strategy,
        "waiting": waiting[0].track.byline if waiting else None,
        "tracks": count_tracks(db),
        "tagged": count_tagged(db),
        "untried": count_untried(db),
        "clips": home.config.clips.providers,
        "calls_left": {group.value: calls for group, calls in left.items()},
        "not_before": {group.value: _iso(until) for group, until in waits.items() if until},
    }


def _read_mood(home: Home, db: sqlite3.Connection, now: datetime) -> dict[str, Any] | None:
    from companion.agent.visit.explanation import describe_sources
    from companion.agent.visit.mood import current_mood, read_sources

    sources = read_sources(db, home.config.choose, now)
    mood = current_mood(db, home.config.choose, now, sources=sources)
    if mood is None:
        return None
    called = mood.name or mood.affect.quadrant.words  # the emotion says nothing of corrections
    return {
        **asdict(mood.affect),
        "at": _iso(mood.at),
        "called": called,
        "by_hand": mood.by_hand,
        "readings": mood.readings,
        "spread": mood.spread,
        "sources": {} if mood.by_hand else describe_sources(mood, sources),
    }


def _read_resting(db: sqlite3.Connection) -> dict[str, Any]:
    from companion.affect import LEAST_LOOKS
    from companion.store.face.profile import read_profile
    from companion.weights import open_model

    profile = read_profile(db, open_model("face_adaptation").label)
    resting = profile.resting
    return {
        "looks": resting.seen if resting else 0,
        "calibrated": bool(resting and resting.calibrated),
        "in_use": bool(resting and resting.looks >= LEAST_LOOKS),
        "examples": [example.emotion.value for example in profile.examples],
    }


def _describe_visit(visit: Visit) -> dict[str, Any]:
    from companion.agent.visit.outcome import Outcome

    word = Outcome(visit.outcome)
    return {
        "at": _iso(visit.at),
        "outcome": word.kind,
        "reason": word.value,
        "detail": visit.detail,
        "camera": visit.camera,
    }


def describe(found: Status, now: datetime) -> list[tuple[str, str]]:
    """Give the lines of the screen, each with its name."""
    calls = ", ".join(f"{left} {group}" for group, left in found.calls_left.items())
    lines = [
        ("Agent", _agent(found.agent)),
        ("Last visit", _visit(found.last_visit)),
        ("Camera", _camera(found.camera)),
        ("Mood", _mood(found.mood, now)),
        ("Your face", _resting(found.resting_face)),
        ("Strategy", found.strategy),
        ("Waiting", found.waiting or "nothing of companion's in Spotify's queue"),
        ("Library", _library(found)),
        ("Sign-in", _sign_in(found.sign_in_days_left)),
        ("Calls left", calls),
    ]
    if found.paused:
        lines.insert(1, ("Paused", _pause(found.paused)))
    for group, until in found.not_before.items():
        lines.append((f"No {group}", f"before {_clock(until)}: Spotify asked us to wait"))
    if found.config_problem:
        lines.append(("Settings", found.config_problem))
    troubles = found.agent["troubles"] if found.agent else {}
    return lines + [("Trouble", f"{job}: {text}") for job, text in troubles.items()]


def _agent(report: Mapping[str, Any] | None) -> str:
    if report is None:
        return "not running"
    due = f"; next visit {_clock(report['next_visit'])}" if report["next_visit"] else ""
    return f"running since {_clock(report['since'])}{due}"


def _pause(pause: dict[str, str | None]) -> str:
    until = f"until {_clock(pause['until'])}" if pause["until"] else "until `companion resume`"
    return f"by you, since {_clock(pause['since'] or '')}, {until}"


def _visit(visit: dict[str, Any] | None) -> str:
    if visit is None:
        return "none yet"
    from companion.agent.visit.outcome import Outcome

    word = Outcome(visit["reason"]).words
    ending = f"{word}: {visit['detail']}" if visit["detail"] else word
    return f"{_clock(visit['at'])}, {ending}"


def _camera(camera: dict[str, Any]) -> str:
    if not camera["enabled"]:
        return "off: your mood is read from what you listen to"
    if not camera["hours"]:
        return "opened in visits"
    now = "" if camera["may_look"] else "; for now your mood is read from what you listen to"
    return f"opened in visits within {camera['hours']}{now}"


def _mood(mood: dict[str, Any] | None, now: datetime) -> str:
    if mood is None:
        return "unknown: nothing recent to go by"
    minutes = max(0, round((now - datetime.fromisoformat(mood["at"])).total_seconds() / 60))
    source = "set by you" if mood["by_hand"] else "read" if mood["readings"] else "heard"
    place = place_words(Affect(mood["valence"], mood["arousal"]))
    named = f"{mood['called']}: " if mood["by_hand"] else ""
    return f"{named}{place}, {source} {minutes} min ago"


def _resting(face: dict[str, Any]) -> str:
    if not face["looks"]:
        return "not known yet; it is learned from looks"
    looks = count_of(face["looks"], "look")
    if face["calibrated"]:
        words = f"resting face calibrated, {looks}"
    elif face["in_use"]:
        words = f"resting face learned from {looks}"
    else:
        words = f"resting face not known yet, {looks} so far"
    examples = face["examples"]
    return words + (f"; examples of {', '.join(examples)}" if examples else "")


def _library(found: Status) -> str:
    more = describe_progress(found.untried, found.agent, chosen=bool(found.clips))
    return f"{found.tagged} of {found.tracks} tracks tagged" + (f"; {more}" if more else "")


def _sign_in(days: int | None) -> str:
    from companion.spotify.auth.consent import WARNING_DAYS

    if days is None:
        return "not signed in: run `companion login`"
    if days == 0:
        return "ended: run `companion login`"
    warning = "; run `companion login` before" if days <= WARNING_DAYS else ""
    return f"{count_of(days, 'day')} left{warning}"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _clock(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone():%d %B %H:%M}"
