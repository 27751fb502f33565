"""`companion queue` and `why`: the track that would be picked, and why one was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from companion.affect import Affect
from companion.cli.home import open_home
from companion.cli.mood.mood import UNKNOWN, describe_mood_now
from companion.cli.output import Json, console, count_of, place_words, plain_table, print_json
from companion.cli.visit.describe import show_candidates
from companion.errors import UsageError
from companion.music.describe import say
from companion.store.history.queue import QueueEntry, nth_newest
from companion.store.tracks.tags import has_tags
from companion.track import Track

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import Console

    from companion.agent.visit.choice import Ranking

SCHEMA = 1
NUMBERS = {
    "closeness": "near",
    "confidence": "sure",
    "taste": "taste",
    "freshness": "fresh",
    "voice": "voice",
}
"""The numbers that make the score, and the heads of their columns."""
COMPARED = {
    "closeness": ("nearer to the target", "farther from the target"),
    "confidence": ("surer of its tag", "less sure of its tag"),
    "taste": ("more to your taste", "less to your taste"),
    "freshness": ("not heard for longer", "heard more recently"),
    "voice": ("less likely sung", "more likely sung"),
}
SKIPS = {1: "an early skip", 2: "two early skips"}
LEAST_DIFFERENCE = 0.005  # of two numbers; a smaller one is not worth a word


def queue(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be picked; required.")
    ] = False,
    count: Annotated[
        int, typer.Option("-n", metavar="N", min=1, max=50, help="How many tracks.")
    ] = 10,
    as_json: Json = False,
) -> None:
    """Show what would be picked now, by the present mood.

    The camera stays off. Spotify is not asked, so a track that is already in its queue may be
    shown.
    """
    from companion.agent.visit.choice import rank_candidates
    from companion.agent.visit.conditions import UNTAGGED
    from companion.agent.visit.explanation import describe_ranking

    if not dry_run:
        raise UsageError(
            "This command queues nothing.", "Add --dry-run; `companion once` queues a track."
        )
    home, now = open_home(), datetime.now(UTC)
    with home.store() as db:
        tagged = has_tags(db)
        ranking = rank_candidates(db, home.config.choose, now)
        mood = describe_mood_now(db, home, now)
    if as_json:
        print_json(describe_ranking(ranking, count))
    elif not tagged:
        typer.echo(f"Nothing fits: {UNTAGGED[1]}.")
    else:
        _show_ranking(ranking, mood["words"], count)


def _show_ranking(ranking: Ranking, mood: str, count: int) -> None:
    screen = console()
    if ranking.mood is None or ranking.target is None:
        screen.print(f"{UNKNOWN} Nothing would be picked.")
        return
    target = ranking.target
    screen.print(f"Mood    {mood}", soft_wrap=True)
    screen.print(f"Target  {place_words(target.affect)}, {target.strategy}\n")
    ranked = ranking.ranked()
    if not ranked:
        screen.print(f"Nothing fits: {ranking.obstacle}.")
        return
    show_candidates(screen, f"The best of {len(ranked)}", ranked[:count])


def why(
    number: Annotated[
        int, typer.Argument(metavar="N", min=1, help="1 is the last pick, 2 the one before.")
    ] = 1,
    *,
    as_json: Json = False,
) -> None:
    """Explain why a track was picked and not the runner-up."""
    with open_home().store() as db:
        entry = nth_newest(db, number)
    if entry is None:
        raise UsageError("There is no such pick yet.", "Make a visit, or give a smaller number.")
    if as_json:
        print_json(describe_entry(entry))
    else:
        _show_entry(console(), entry)


def describe_entry(entry: QueueEntry) -> dict[str, Any]:
    """Give a pick and its reasons as data."""
    return {
        "schema": SCHEMA,
        "at": entry.planned_at.isoformat(),
        "state": entry.state.value,
        "uri": entry.track.uri,
        "title": entry.track.title,
        "artists": list(entry.track.artists),
        "why": dict(entry.why),
    }


def _show_entry(screen: Console, entry: QueueEntry) -> None:
    at = entry.planned_at.astimezone()
    screen.print(entry.track.byline, style="bold", soft_wrap=True)
    screen.print(f"queued {at:%d %B %H:%M}, {entry.state.value}\n")
    if not entry.why:
        screen.print("The reading of that moment was forgotten, and the reasons with it.")
        return
    for name, line in _lines(entry.why):
        screen.print(f"{name:9} {line}", soft_wrap=True)
    if runner_up := entry.why["runner_up"]:
        _show_numbers(screen, entry.why["track"], runner_up)


def _lines(why: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the lines for a person, each with its subject."""
    yield "Face", _face(why)
    if why["adjusted"]:
        yield "", f"{why['adjusted']}; `companion forget --readings` undoes it"
    if why.get("listening"):
        yield "Listening", f"says that {why['listening']}"
    yield "Mood", _mood(why)
    yield "Target", _target(why)
    if away := why.get("away_from"):
        yield "", f"{SKIPS[len(away)]} in a row: moved away from {_places(away)}"
    yield "Track", _track(why)
    if heard := why.get("heard"):
        yield "Heard", say(heard["words"], heard["tempo"], heard["feelings"])
    yield "Limits", _limits(why["fitting"], why["refused"])
    if why["explored"]:
        yield "", "taste was ignored this time, to explore"
    yield "Rival", compare(why["track"], why["runner_up"])


def _face(why: Mapping[str, Any]) -> str:
    reading = why["reading"]
    if reading:
        said = reading.get("doubt") or reading["emotion"]
        return f"said {said}, {reading['confidence']:.0%} sure"
    if why["mood"]["name"]:
        return "was not looked at, as the mood was set by hand"
    before = why["mood"]["readings"]
    earlier = f"; {count_of(before, 'earlier reading')}" if before else ""
    if unseen := why.get("unseen"):
        return f"gave no reading this time ({unseen}){earlier}"
    return f"gave no reading this time{earlier}" if before else "told nothing"


def _mood(why: Mapping[str, Any]) -> str:
    mood, sources = why["mood"], why.get("sources", {})
    if mood["name"]:
        return f"was set by hand: {mood['name']}, {_place(mood)}"
    if len(sources) > 1:
        shares = ", ".join(f"{one['share']:.0%} by the {name}" for name, one in sources.items())
        return f"{_place(mood)}: {shares.replace('the listening', 'listening')}"
    if "listening" in sources:
        return f"{_place(mood)}, by listening alone"
    readings = "this reading" if mood["readings"] == 1 else f"{mood['readings']} readings"
    return f"{_place(mood)}, by {readings}"


def _places(places: Sequence[Mapping[str, Any]]) -> str:
    return " and ".join(dict.fromkeys(_place(place) for place in places))


def _target(why: Mapping[str, Any]) -> str:
    because = ""
    if rule := why["rule"]:
        parts = [f"{key} = {value}" for key, value in rule.items() if value]
        because = f", by your rule for {' and '.join(parts)}"
    return f"{_place(why['target'])}: {why['strategy']}{because}"


def _track(why: Mapping[str, Any]) -> str:
    track = why["track"]
    return (
        f"{_place(track)}, {track['distance']:.2f} from the target; "
        f"its tag is {track['confidence']:.0%} sure"
    )


def _limits(fitting: int, refused: Mapping[str, int]) -> str:
    line = f"{fitting} tracks were weighed"
    if refused:
        by = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in refused.items())
        line += f"; ruled out: {by}"
    return line


def compare(chosen: Mapping[str, Any], rival: Mapping[str, Any] | None) -> str:
    """Say in one sentence why the chosen track and not the runner-up."""
    if rival is None:
        return "there was no alternative"
    name = Track("", "", rival["title"], tuple(rival["artists"])).byline
    lead = {key: chosen.get(key, 1.0) - rival.get(key, 1.0) for key in COMPARED}
    better = [more for key, (more, _) in COMPARED.items() if lead[key] > LEAST_DIFFERENCE]
    worse = [less for key, (_, less) in COMPARED.items() if lead[key] < -LEAST_DIFFERENCE]
    told = ", but ".join(" and ".join(words) for words in (better, worse) if words)
    this = f"this one is {told}" if told else "both are alike"
    if chosen["score"] >= rival["score"]:
        return f"{name}: {this}"
    return f"{name} scored higher: {this}; one of the best few is drawn"


def _show_numbers(screen: Console, chosen: Mapping[str, Any], rival: Mapping[str, Any]) -> None:
    table = plain_table("", max_width=44, no_wrap=True)
    voices = {chosen.get("voice", 1.0), rival.get("voice", 1.0)} != {1.0}
    keys = [key for key in (*NUMBERS, "score") if key != "voice" or voices]
    for key in keys:
        table.add_column(NUMBERS.get(key, key), justify="right")
    for track, style in ((chosen, "bold"), (rival, "")):
        numbers = (f"{track[key]:.2f}" for key in keys)
        table.add_row(track["title"], *numbers, style=style)
    screen.print()
    screen.print(table)


def _place(place: Mapping[str, Any]) -> str:
    return place_words(Affect(place["valence"], place["arousal"]))
