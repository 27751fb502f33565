"""Asking several sources for one clip."""

from __future__ import annotations

from collections.abc import Iterable

from companion.errors import ClipDamaged, ClipError, ClipMismatch, ClipMissing, ClipSourceBusy
from companion.music.clips.provider import Clip, ClipProvider, ClipQuery

# The error that stands for all, where the sources fail in different ways: one that may
# pass by itself comes first, then the one that says most.
_WEIGHT = (ClipSourceBusy, ClipDamaged, ClipMismatch, ClipMissing)


def find_clip(providers: Iterable[ClipProvider], query: ClipQuery) -> Clip:
    """The clip of the first source that has it.

    Raises:
        ClipError: none has it; the reasons of all stand in it. It is ClipSourceBusy where
            a source could not answer, as that one may have it later.
    """
    errors: dict[str, ClipError] = {}
    for provider in providers:
        try:
            return provider.find(query)
        except ClipError as error:
            errors[provider.name] = error
    if not errors:
        raise ClipMissing(
            "No source of clips is set up.", remedy="Set clips.providers in the config."
        )
    reasons = " ".join(f"{name}: {error}" for name, error in errors.items())
    raise _heaviest(errors.values())(reasons)


def _heaviest(errors: Iterable[ClipError]) -> type[ClipError]:
    return min((type(error) for error in errors), key=_weight)


def _weight(kind: type[ClipError]) -> int:
    return next((k for k, known in enumerate(_WEIGHT) if issubclass(kind, known)), len(_WEIGHT))
