from __future__ import annotations

import pickle
import re
from datetime import UTC, datetime

import pytest

from companion import errors
from companion.errors import CompanionError, QueueUnclear, QuotaExceeded, StoreError

BRANCH = re.compile(r"(?P<indent>(?:│   |    )*)[├└]── (?P<name>\w+) *(?P<code>\d+)?")
CLASSES = sorted(
    (
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, CompanionError)
    ),
    key=lambda error: error.__name__,
)


def drawn_tree() -> dict[str, tuple[str, int]]:
    """Each class of the module's drawing: its parent, and its exit code or its parent's."""
    tree = {"CompanionError": ("Exception", 1)}
    above = ["CompanionError"]
    for branch in BRANCH.finditer(errors.__doc__ or ""):
        del above[len(branch["indent"]) // 4 + 1 :]
        parent = above[-1]
        tree[branch["name"]] = (parent, int(branch["code"] or tree[parent][1]))
        above.append(branch["name"])
    return tree


def test_the_classes_are_those_of_the_drawing() -> None:
    built = {error.__name__: (error.__bases__[0].__name__, error.exit_code) for error in CLASSES}
    assert built == drawn_tree()


def test_each_code_of_the_drawing_stands_for_one_branch() -> None:
    codes = [error.exit_code for error in CLASSES if "exit_code" in vars(error)]
    assert len(codes) == len(set(codes))
    assert all(0 < code < 256 for code in codes)  # 0 is success, and a shell keeps eight bits


@pytest.mark.parametrize("kind", CLASSES)
def test_every_remedy_is_a_sentence(kind: type[CompanionError]) -> None:
    remedy = kind("It broke.").remedy
    assert re.fullmatch(r"[A-Z][^\n]+[^\s.]\.", remedy)


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_survives_the_way_between_processes(kind: type[CompanionError]) -> None:
    for error in (kind("It broke."), kind("It broke.", "Mend it.")):
        copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
        assert type(copy) is kind
        assert str(copy) == "It broke."
        assert copy.remedy == error.remedy
        assert copy.exit_code == kind.exit_code


def test_when_spotify_may_be_asked_again_survives_too() -> None:
    at = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
    error = QuotaExceeded("Asked too often.", retry_at=at)
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert copy.retry_at == at
    assert copy.remedy == error.remedy
    assert QuotaExceeded("Asked too often.").retry_at is None


def test_an_unclear_queue_is_no_invitation_to_try_again() -> None:
    assert "try again" not in QueueUnclear("No answer.").remedy


def test_a_remedy_of_its_own_does_not_spread() -> None:
    assert StoreError("It broke.", "Update.").remedy == "Update."
    assert StoreError("It broke.").remedy == StoreError.remedy


def test_a_used_up_quota_says_until_when() -> None:
    until = datetime(2026, 10, 2, 8, 0, tzinfo=UTC)
    words = f"Wait until {until.astimezone():%d %B %H:%M}."
    assert errors.QuotaExceeded("Used up.", retry_at=until).remedy == words
    assert "companion status" in errors.QuotaExceeded("Used up.").remedy
