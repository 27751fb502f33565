"""The closed set of words that a visit can end in."""

from __future__ import annotations

from enum import StrEnum

from companion import errors
from companion.affect import Abstention


class Outcome(StrEnum):
    """The end of a visit."""

    QUEUED = "queued"

    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    TOO_DARK = "too_dark"
    LOW_CONFIDENCE = "low_confidence"

    BY_USER = "by_user"
    SCREEN_LOCKED = "screen_locked"
    AWAY = "away"
    CAMERA_BUSY = "camera_busy"
    CAMERA_MISSING = "camera_missing"
    CAMERA_DENIED = "camera_denied"
    NOT_PLAYING = "not_playing"
    NO_DEVICE = "no_device"
    PRIVATE_SESSION = "private_session"
    RESTRICTED = "restricted"
    LOGIN_NEEDED = "login_needed"
    PREMIUM_NEEDED = "premium_needed"
    QUOTA = "quota"
    OWN_TRACK_WAITING = "own_track_waiting"
    LISTENING_IN_ORDER = "listening_in_order"
    LIMIT_REACHED = "limit_reached"

    NOTHING_FITS = "nothing_fits"
    FAILED = "failed"

    @property
    def kind(self) -> str:
        """queued, abstained, paused, nothing_fits or failed."""
        if self in (Outcome.QUEUED, Outcome.NOTHING_FITS, Outcome.FAILED):
            return self.value
        return "abstained" if self in _ABSTAINED else "paused"

    @property
    def words(self) -> str:
        """The outcome as a person reads it."""
        name = self.value.replace("_", " ")
        return name if self.kind == self.value else f"{self.kind} ({name})"


_ABSTAINED = {Outcome(reason.value) for reason in Abstention}

_BY_ERROR = {
    errors.CameraMissing: Outcome.CAMERA_MISSING,
    errors.CameraBusy: Outcome.CAMERA_BUSY,
    errors.CameraDenied: Outcome.CAMERA_DENIED,
    errors.LoginNeeded: Outcome.LOGIN_NEEDED,
    errors.PremiumNeeded: Outcome.PREMIUM_NEEDED,
    errors.NoDevice: Outcome.NO_DEVICE,
    errors.Restricted: Outcome.RESTRICTED,
    errors.QuotaExceeded: Outcome.QUOTA,
}


def outcome_of(error: errors.CompanionError) -> Outcome:
    """The word for a visit that an error ended."""
    matches = (word for kind, word in _BY_ERROR.items() if isinstance(error, kind))
    return next(matches, Outcome.FAILED)
