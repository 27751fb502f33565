"""Measure choosers on simulated listeners: intervals, ablations, the drift that picks cause."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from companion.affect import Affect
from companion.choose import session
from companion.choose.fusion import estimate, listening, trust
from companion.choose.fusion.estimate import Estimate
from companion.choose.fusion.habits import Habit
from companion.choose.fusion.listening import listening_mood
from companion.choose.mood import PresentMood
from companion.choose.strategy import match
from companion.playback import Initiative, Play, PlayEnding
from evaluation.context import choosers
from evaluation.context.choosers import CHOOSERS, Memory
from evaluation.context.face import FaceModel
from evaluation.context.listeners import KINDS, Kind, Tagger, make_listener
from evaluation.context.simulation import BEGIN, Figures, Simulation

LISTENERS_OF_KIND = 30
FIRST_SEED = 10_000
"""Listeners that nobody had looked at while the constants were chosen."""
RESAMPLES = 4_000
TUNED_ON = (Kind.MOOD_DRIVEN, Kind.ALBUMS, Kind.SHARED_DESK)
"""The kinds on which constants were chosen; the others were left out."""
NEED_CAMERA = ("present program", "face alone")
FIGURES: Mapping[str, Callable[[Figures], float]] = {
    "skipped_picks_a_day": lambda found: found.skipped_picks / found.days,
    "skip_share": lambda found: found.skip_share,
    "wrong_side": lambda found: found.wrong_side,
    "minutes_until_right": lambda found: statistics.fmean(found.until_right or [0.0]),
    "picks_a_day": lambda found: found.picks / found.days,
}

Results = dict[str, dict[Kind, list[Figures]]]


def simulate(
    names: Sequence[str],
    tagger: Tagger,
    face: FaceModel,
    of_kind: int = LISTENERS_OF_KIND,
    kept: Path | None = None,
) -> Results:
    """The days of every listener with every chooser.

    Args:
        names: of the choosers.
        tagger: its errors.
        face: the errors of the face model.
        of_kind: the number of listeners of each kind.
        kept: a file with the results so far, so that a stopped run goes on; it grows.
    """
    done = _read(kept)
    results: Results = {name: {kind: [] for kind in KINDS} for name in names}
    for kind in KINDS:
        for seed in range(FIRST_SEED, FIRST_SEED + of_kind):
            listener = make_listener(kind, tagger, seed)
            for name in names:
                if name in NEED_CAMERA and not KINDS[kind].camera:
                    continue
                key = f"{name}/{kind.value}/{seed}"
                if key not in done:
                    done[key] = Simulation(listener, CHOOSERS[name], face, seed).run()
                    _append(kept, key, done[key])
                results[name][kind].append(done[key])
    return results


def _read(kept: Path | None) -> dict[str, Figures]:
    if kept is None or not kept.exists():
        return {}
    rows = (json.loads(line) for line in kept.read_text("utf-8").splitlines())
    return {row.pop("life"): Figures(**row) for row in rows}


def _append(kept: Path | None, key: str, found: Figures) -> None:
    if kept:
        with kept.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"life": key, **asdict(found)}) + "\n")


def table(results: Results) -> dict[str, Any]:
    """Each figure by chooser: its mean over listeners with a 95 % interval, and by kind."""
    rows: dict[str, Any] = {}
    for name, kinds in results.items():
        rows[name] = {
            figure: {
                **_interval([tell(one) for found in kinds.values() for one in found]),
                "by_kind": {
                    kind.value: round(statistics.fmean(map(tell, found)), 4)
                    for kind, found in kinds.items()
                    if found
                },
            }
            for figure, tell in FIGURES.items()
        }
    return rows


def compare(results: Results, name: str, other: str, kinds: Sequence[Kind]) -> dict[str, Any]:
    """The skip share of one chooser over that of another, on the same listeners."""
    ones = [one.skip_share for kind in kinds for one in results[name][kind]]
    others = [one.skip_share for kind in kinds for one in results[other][kind]]
    rng = np.random.default_rng(0)
    chosen = rng.integers(0, len(ones), (RESAMPLES, len(ones)))
    ratios = np.array(ones)[chosen].mean(axis=1) / np.array(others)[chosen].mean(axis=1)
    low, high = np.quantile(ratios, [0.025, 0.975])
    return {
        "ratio": round(float(np.mean(ones) / np.mean(others)), 4),
        "interval_95": [round(float(low), 4), round(float(high), 4)],
        "listeners": len(ones),
    }


def verdicts(results: Results) -> dict[str, Any]:
    """The figures that the thresholds test: without a camera, with both, and by kind."""
    camera = [kind for kind in KINDS if KINDS[kind].camera]
    left_out = [kind for kind in camera if kind not in TUNED_ON]
    return {
        "no_camera_to_random": compare(results, "listening alone", "random", list(KINDS)),
        "both_to_face_alone": compare(results, "both", "face alone", camera),
        "both_to_face_alone_kinds_left_out": compare(results, "both", "face alone", left_out),
        "both_to_present_program": compare(results, "both", "present program", camera),
        "both_to_face_alone_by_kind": {
            kind.value: compare(results, "both", "face alone", [kind]) for kind in camera
        },
    }


def _interval(values: Sequence[float]) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    means = np.array(values)[rng.integers(0, len(values), (RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return {
        "mean": round(statistics.fmean(values), 4),
        "interval_95": [round(float(low), 4), round(float(high), 4)],
    }


def _no_habit(_plays: Sequence[Play], _now: Any) -> Habit:
    return Habit(Estimate(Affect(0, 0), estimate.WIDEST_SPREAD), 0.0)


ABLATIONS: Mapping[str, Sequence[tuple[Any, str, Any]]] = {
    "whole": (),
    "no habits": ((choosers, "habit_at", _no_habit),),
    "skips tell nothing": ((listening, "AVERSION", 0.0),),
    "trust is not learned": ((trust, "RATE", 0.0),),
    "no session rules": (
        (session, "early_skips_in_a_row", lambda _plays: []),
        (choosers, "in_order", lambda _plays: ""),
        (session, "limit_step", lambda target, _before, _longest: target),
    ),
    "neutral faces as sure as others": ((estimate, "NEUTRAL_SPREAD", estimate.EXPRESSION_SPREAD),),
}


@contextmanager
def changed(changes: Sequence[tuple[Any, str, Any]]) -> Iterator[None]:
    """With other values for names of modules."""
    before = [(module, name, getattr(module, name)) for module, name, _ in changes]
    try:
        for module, name, value in changes:
            setattr(module, name, value)
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


def ablate(
    tagger: Tagger, face: FaceModel, of_kind: int, kept: Path | None = None
) -> dict[str, Any]:
    """The skip share of the whole choice, and without each of its parts; see `simulate`."""
    rows = {}
    for name, changes in ABLATIONS.items():
        done = kept and kept.with_name(f"{kept.name}-{name.replace(' ', '-')}")
        with changed(changes):
            results = simulate(("both",), tagger, face, of_kind, done)
        found = [one.skip_share for kinds in results["both"].values() for one in kinds]
        rows[name] = _interval(found)
    return rows


DRIFT_DAYS = 30
DRIFT_PICKS = 40  # a day
DRIFT_STARTS = tuple(
    Affect(valence, arousal) for valence in (-0.6, 0.0, 0.6) for arousal in (-0.6, 0.0, 0.6)
)
DRIFT_BOUND = 0.15
"""So far, on the affect plane, the companion's own picks may move the mood that it assumes."""


def measure_drift() -> dict[str, Any]:
    """Measure the drift of the assumed mood when a user tolerates every pick for a month.

    The user starts ten tracks at one place in the first hour, and from then on lets all picks
    run. Each pick lies where `match` puts it. The drift is between the mood that is assumed when
    the user's own tracks have faded, and at any time later.
    """
    drifts = {}
    for start in DRIFT_STARTS:
        memory = Memory(BEGIN)
        for index in range(10):
            at = BEGIN + timedelta(minutes=4 * index)
            memory.add(_play(start, at, Initiative.USER))
        places = []
        for day in range(DRIFT_DAYS):
            for pick in range(DRIFT_PICKS):
                memory.now = BEGIN + timedelta(days=day, hours=1, minutes=10 * pick)
                told = listening_mood(memory.plays[-60:], memory.habit(), memory.now)
                places.append((day, pick, told.estimate.affect))
                target = match(PresentMood(told.estimate.affect, 0, memory.now), ())
                memory.add(_play(target.affect, memory.now, Initiative.COMPANION))
        alone = _without_picks(memory)
        drifts[f"{start.valence:+.1f},{start.arousal:+.1f}"] = round(
            max(place.distance(alone[day, pick]) for day, pick, place in places), 4
        )
    return {"days": DRIFT_DAYS, "bound": DRIFT_BOUND, "largest_drift": drifts}


def _without_picks(memory: Memory) -> dict[tuple[int, int], Affect]:
    """Return the moods that would have been assumed at the same times, had no pick counted."""
    own = replace_picks(memory.plays)
    alone = Memory(BEGIN)
    for play in own:
        alone.add(play)
    found = {}
    for day in range(DRIFT_DAYS):
        for pick in range(DRIFT_PICKS):
            alone.now = BEGIN + timedelta(days=day, hours=1, minutes=10 * pick)
            told = listening_mood(alone.plays, alone.habit(), alone.now)
            found[day, pick] = told.estimate.affect
    return found


def replace_picks(plays: Sequence[Play]) -> list[Play]:
    """The plays without those that the companion queued."""
    return [play for play in plays if play.initiative is not Initiative.COMPANION]


def _play(affect: Affect, at: Any, initiative: Initiative) -> Play:
    return Play("", at, affect, initiative=initiative, ending=PlayEnding.FINISHED)
