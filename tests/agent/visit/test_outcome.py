from __future__ import annotations

from collections.abc import Iterator

import pytest

from companion import errors
from companion.affect import Abstention
from companion.agent.visit.outcome import Outcome, outcome_of

KINDS = {"queued", "abstained", "paused", "nothing_fits", "failed"}


def all_errors(root: type[errors.CompanionError]) -> Iterator[type[errors.CompanionError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from all_errors(kind)


def test_every_kind_has_a_word_and_every_word_a_kind() -> None:
    assert {outcome.kind for outcome in Outcome} == KINDS


@pytest.mark.parametrize("reason", Abstention)
def test_every_abstention_is_an_outcome(reason: Abstention) -> None:
    assert Outcome(reason.value).kind == "abstained"


@pytest.mark.parametrize(
    ("outcome", "kind", "words"),
    [
        (Outcome.QUEUED, "queued", "queued"),
        (Outcome.NOTHING_FITS, "nothing_fits", "nothing fits"),
        (Outcome.FAILED, "failed", "failed"),
        (Outcome.TOO_DARK, "abstained", "abstained (too dark)"),
        (Outcome.BY_USER, "paused", "paused (by user)"),
        (Outcome.OWN_TRACK_WAITING, "paused", "paused (own track waiting)"),
    ],
)
def test_as_a_person_reads_it(outcome: Outcome, kind: str, words: str) -> None:
    assert (outcome.kind, outcome.words) == (kind, words)


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        (errors.CameraMissing, Outcome.CAMERA_MISSING),
        (errors.CameraBusy, Outcome.CAMERA_BUSY),
        (errors.CameraDenied, Outcome.CAMERA_DENIED),
        (errors.LoginNeeded, Outcome.LOGIN_NEEDED),
        (errors.PremiumNeeded, Outcome.PREMIUM_NEEDED),
        (errors.NoDevice, Outcome.NO_DEVICE),
        (errors.Restricted, Outcome.RESTRICTED),
        (errors.QuotaExceeded, Outcome.QUOTA),
        (errors.SpotifyUnreachable, Outcome.FAILED),
        (errors.QueueUnclear, Outcome.FAILED),
        (errors.CameraError, Outcome.FAILED),
        (errors.ModelError, Outcome.FAILED),
        (errors.CompanionError, Outcome.FAILED),
    ],
)
def test_the_word_for_an_error(kind: type[errors.CompanionError], outcome: Outcome) -> None:
    assert outcome_of(kind("It went wrong.")) is outcome


@pytest.mark.parametrize("kind", sorted(set(all_errors(errors.CompanionError)), key=str))
def test_no_error_passes_for_a_success_or_an_abstention(kind: type[errors.CompanionError]) -> None:
    assert outcome_of(kind("It went wrong.")).kind in ("paused", "failed")


def test_an_error_of_a_narrower_kind_has_the_word_of_the_wider() -> None:
    class ConsentWithdrawn(errors.LoginNeeded):
        pass

    assert outcome_of(ConsentWithdrawn("It went wrong.")) is Outcome.LOGIN_NEEDED
