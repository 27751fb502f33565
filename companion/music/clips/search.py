"""The search for one clip at several providers."""

from collections.abc import Iterable

from companion import errors
from companion.music.clips.provider import Clip, ClipProvider, ClipQuery

# The error that stands for all, where the providers fail in different ways: first those that
# are of a provider and not of the track, then the one that says most.
_WEIGHT = (
    *(errors.ClipSourceBusy, errors.ClipSourceBroken),
    *(errors.ClipDamaged, errors.ClipAnswerInvalid, errors.ClipMismatch, errors.ClipMissing),
)


def find_clip(providers: Iterable[ClipProvider], query: ClipQuery) -> Clip:
    """The clip of the first provider that has it.

    Raises:
        ClipError: none has it; the reasons of all stand in it. It is ClipSourceBusy, or else
            ClipSourceBroken, where a provider could not be asked, as that one may have it.
    """
    failures: dict[str, errors.ClipError] = {}
    for provider in providers:
        try:
            return provider.find(query)
        except errors.ClipError as error:
            failures[provider.name] = error
    if not failures:
        raise errors.ClipSourceBroken(
            "No clip provider is set up.", "Set clips.providers in the config."
        )
    heaviest = min(failures.values(), key=_weight)
    reasons = " ".join(f"{name}: {error}" for name, error in failures.items())
    raise type(heaviest)(reasons, heaviest.remedy)


def _weight(error: errors.ClipError) -> int:
    return next((k for k, kind in enumerate(_WEIGHT) if isinstance(error, kind)), len(_WEIGHT))
