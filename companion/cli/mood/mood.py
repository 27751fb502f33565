"""`companion mood` and `wrong`: the present mood, set by hand or corrected."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from companion.affect import Affect, Correction
from companion.agent.playback.learn_trust import learn_from_correction
from companion.agent.visit.explanation import describe_sources
from companion.agent.visit.listening import describe_listening
from companion.agent.visit.mood import Sources, adjustment, current_mood, read_sources
from companion.choose.mood import PresentMood
from companion.choose.mood_names import NamedMood, parse_mood
from companion.choose.strategy_rules import strategy_name
from companion.cli.home import Home, open_home
from companion.cli.output import Json, count_of, place_words, print_json
from companion.errors import UsageError
from companion.store.face.readings import newest_reading
from companion.store.history.feedback import save_correction
from companion.store.history.overrides import SetMood, drop_set_mood, read_set_mood, save_set_mood
from companion.store.history.trust import drop_trust

SCHEMA = 1


def mood(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME|auto|V,A", help="An emotion, a quadrant or its word."),
    ] = None,
    *,
    for_: Annotated[
        str | None, typer.Option("--for", metavar="TIME", help="For example 30m, 1h or 1h30m.")
    ] = None,
    reset_trust: Annotated[
        bool,
        typer.Option("--reset-trust", help="Forget how much face and listening are trusted."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Show the present mood, or set it by hand.

    A mood set by hand lasts until `auto` ends it, or for the time that --for gives. Until then
    the camera stays off. Otherwise it comes from your face and what you listen to.
    """
    home, now = open_home(), datetime.now(UTC)
    with home.store() as db:
        if name is not None:
            _set(db, name, for_, now)
        elif for_ is not None:
            raise UsageError("--for needs a mood.", "Write it as `companion mood calm --for 1h`.")
        forgot = reset_trust and drop_trust(db)
        found = describe_mood_now(db, home, now)
    if as_json:
        print_json(found)
        return
    if reset_trust:
        typer.echo("Face and listening are trusted alike " + ("again." if forgot else "already."))
    for line in (found["words"], *found["source_words"]):
        typer.echo(line)


def wrong(
    meant: Annotated[
        str | None, typer.Argument(metavar="MOOD", help="What it should have said.")
    ] = None,
) -> None:
    """Say that the last reading of your face was wrong.

    You can also say what your mood was. Corrections that agree adjust later readings.
    """
    named = parse_mood(meant) if meant is not None else None
    home, now = open_home(), datetime.now(UTC)
    with home.store() as db:
        for line in _correct(db, named, now):
            typer.echo(line)


def describe_mood_now(db: sqlite3.Connection, home: Home, now: datetime) -> dict[str, Any]:
    """Give the present mood as data, with a sentence."""
    sources = read_sources(db, home.config.choose, now)
    found = current_mood(db, home.config.choose, now, sources=sources)
    parts = describe_sources(found, sources) if found and not found.by_hand else {}
    by_hand = read_set_mood(db, now)
    until = by_hand.until if by_hand else None
    settings = home.config.choose
    return {
        "schema": SCHEMA,
        "mood": None
        if found is None
        else {
            "valence": found.affect.valence,
            "arousal": found.affect.arousal,
            "quadrant": found.affect.quadrant.value,
            "emotion": found.emotion and found.emotion.value,
            "name": found.name or None,
            "readings": found.readings,
            "spread": found.spread,
            "sources": parts,
            "at": found.at.isoformat(),
            "until": until.isoformat() if until else None,
        },
        "strategy": found and strategy_name(settings, found, now.astimezone().time()),
        "words": _sentence(found, until, now) if found else UNKNOWN,
        "source_words": list(_source_lines(parts, sources, now)),
        "trust": {source.value: trust for source, trust in sources.trust.items()},
    }


def _source_lines(parts: dict[str, Any], sources: Sources, now: datetime) -> Iterator[str]:
    shown = {} if list(parts) == ["face"] else parts
    yield from _trust_beside(shown, sources)
    for name, part in shown.items():
        place = place_words(Affect(part["valence"], part["arousal"]))
        trust = "" if round(part["trust"], 2) == 1 else f", trusted {part['trust']:.2f} times"
        yield f"{name.capitalize():10} {place}, {part['share']:.0%} of it{trust}"
    if "listening" in shown:
        yield f"{'':10} {describe_listening(sources.listening.mood, now)}"


def _trust_beside(shown: dict[str, Any], sources: Sources) -> Iterator[str]:
    """Tell the learned trust in sources that say nothing at present."""
    learned = {
        source.value: trust
        for source, trust in sources.trust.items()
        if source.value not in shown and round(trust, 2) != 1
    }
    if learned:
        yield "Trusted    " + ", ".join(f"{name} {t:.2f} times" for name, t in learned.items())


UNKNOWN = "The mood is unknown: there is nothing recent to go by."


def _sentence(found: PresentMood, until: datetime | None, now: datetime) -> str:
    place = place_words(found.affect)
    if found.name:
        end = f"until {until.astimezone():%H:%M}" if until else "until `companion mood auto`"
        return f"{found.name}: {place}, set by hand {end}."
    minutes = round((now - found.at) / timedelta(minutes=1))
    age = "just now" if minutes == 0 else f"{minutes} min ago"
    if not found.readings:
        return f"{place}, by what you listen to."
    return f"{place}, by {count_of(found.readings, 'reading')}, the last {age}."


def _set(db: sqlite3.Connection, name: str, for_: str | None, now: datetime) -> None:
    from companion.cli.agent.run import parse_span

    if name.strip().lower() == "auto":
        if for_ is not None:
            raise UsageError("auto lasts until you set a mood.", "Leave out --for.")
        drop_set_mood(db)
        return
    named = parse_mood(name)
    until = now + parse_span(for_) if for_ is not None else None
    save_set_mood(db, SetMood(now, until, named.name, named.affect, named.emotion))


def _correct(db: sqlite3.Connection, named: NamedMood | None, now: datetime) -> list[str]:
    newest = newest_reading(db)
    if newest is None:
        raise UsageError("There is no reading to correct.", "Make a visit first: `companion once`.")
    at, reading, model = newest
    place = named.affect if named else None
    name = named.name if named else ""
    save_correction(db, Correction(at, model, reading.emotion, name, place), now)
    learn_from_correction(db, reading.affect, place, now)
    meant = f", you say {name}" if name else ""
    lines = [f"Noted: the reading of {at.astimezone():%H:%M} said {reading.emotion}{meant}."]
    if lesson := adjustment(db, reading):
        lines.append(f"From now on: {lesson}.")
    return lines
