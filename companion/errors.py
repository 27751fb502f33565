"""Every failure that a user can meet, with its exit code and its remedy.

CompanionError
├── UsageError              2   the command line cannot be right
├── AgentNotRunning         3   there is no agent to ask
├── ConfigError             4   config.toml has problems
├── StoreError              5   the database cannot be used
│   └── StoreDamaged            its content is broken
├── ModelError              6   weights are missing, damaged or of another kind
├── LibraryMissing          7   a system library or an optional package is absent
├── AgentRunning            8   one agent is enough
├── WorkerLost              9   the worker process hung or died
├── CameraError            10   no picture
│   ├── CameraMissing
│   ├── CameraBusy
│   ├── CameraDenied
│   └── SourceUnreadable        a video file that is none
├── NotResting             11   no resting face to take for a baseline
├── ClipError              20   no clip
│   ├── ClipMissing             the source has none for this track
│   ├── ClipMismatch            the source has something else
│   ├── ClipDamaged             it cannot be decoded, is silent or too short
│   ├── ClipAnswerInvalid       the source's answer about this track makes no sense
│   ├── ClipSourceBusy          throttled or out of reach: later
│   └── ClipSourceBroken        for every track, until the user mends it
├── SpotifyError           30   Spotify did not do it
│   ├── LoginNeeded        31
│   ├── KeyringMissing     32
│   ├── PremiumNeeded      33
│   ├── NoDevice           34
│   ├── Restricted         35
│   ├── QuotaExceeded      36
│   └── SpotifyUnreachable 37   temporary: network, 5xx, a text where JSON is due
│       └── QueueUnclear            sent, but nobody knows whether it was queued
├── ServiceError           40   the system's service manager did not do it
└── Interrupted           130   Ctrl-C

`str(error)` is one sentence that says what is wrong; `error.remedy` one that says
what to do. Neither ever holds a token.
"""

from datetime import datetime


class CompanionError(Exception):
    """The root. `problem` says what is wrong, `remedy` what to do about it."""

    exit_code = 1
    remedy = "Run the command again with -v and look at the log."

    def __init__(self, problem: str, remedy: str | None = None) -> None:
        super().__init__(problem)
        if remedy is not None:
            self.remedy = remedy


class UsageError(CompanionError):
    exit_code = 2
    remedy = "See the command's --help."


class AgentNotRunning(CompanionError):
    exit_code = 3
    remedy = "Start it with `companion run`, or at every sign-in with `companion service install`."


class ConfigError(CompanionError):
    exit_code = 4
    remedy = "Correct the file that `companion config path` names."


class StoreError(CompanionError):
    exit_code = 5
    remedy = "Run `companion doctor`, and look at the log."


class StoreDamaged(StoreError): ...


class ModelError(CompanionError):
    exit_code = 6
    remedy = "Install companion again: its weights come with it."


class LibraryMissing(CompanionError):
    exit_code = 7
    remedy = "Install what the README's set-up names for your system."


class AgentRunning(CompanionError):
    exit_code = 8
    remedy = "See with `companion status` what it is doing."


class WorkerLost(CompanionError):
    exit_code = 9
    remedy = "Nothing needs to be done: the next visit starts a new worker."


class CameraError(CompanionError):
    exit_code = 10
    remedy = "Check that the camera works in another program."


class CameraMissing(CameraError):
    remedy = "Plug the camera in, or set camera.index in the config."


class CameraBusy(CameraError):
    remedy = "Close the program that uses the camera."


class CameraDenied(CameraError):
    remedy = "Allow camera access in the system's privacy settings."


class SourceUnreadable(CameraError):
    remedy = "Name a video file that your video player opens, or a camera's number."


class NotResting(CompanionError):
    exit_code = 11
    remedy = "Sit as usual, in good light, look at the screen, and relax your face."


class ClipError(CompanionError):
    exit_code = 20
    remedy = "The track stays untagged; it is tried again later."


class ClipMissing(ClipError): ...


class ClipMismatch(ClipError): ...


class ClipDamaged(ClipError): ...


class ClipAnswerInvalid(ClipError): ...


class ClipSourceBusy(ClipError):
    remedy = "Wait some minutes and run `companion tag` again."


class ClipSourceBroken(ClipError):
    remedy = "Check clips.providers and clips.folder in the config."


class SpotifyError(CompanionError):
    exit_code = 30
    remedy = "Try again later."


class LoginNeeded(SpotifyError):
    exit_code = 31
    remedy = "Run `companion login`."


class KeyringMissing(SpotifyError):
    exit_code = 32
    remedy = (
        "Linux: install and unlock gnome-keyring or KWallet; "
        "macOS: unlock the login keychain; Windows: start the Credential Manager service."
    )


class PremiumNeeded(SpotifyError):
    exit_code = 33
    remedy = "Queueing needs Spotify Premium, for you and for the owner of the Client ID."


class NoDevice(SpotifyError):
    exit_code = 34
    remedy = "Start a track in Spotify, then try again."


class Restricted(SpotifyError):
    exit_code = 35
    remedy = "Nothing can be queued here: use another device, or play something else."


class QuotaExceeded(SpotifyError):
    """`retry_at` is when Spotify may be asked again."""

    exit_code = 36
    remedy = "Wait until the time that `companion status` shows."

    def __init__(
        self, problem: str, remedy: str | None = None, retry_at: datetime | None = None
    ) -> None:
        if remedy is None and retry_at is not None:
            remedy = f"Wait until {retry_at.astimezone():%d %B %H:%M}."
        super().__init__(problem, remedy)
        self.retry_at = retry_at


class SpotifyUnreachable(SpotifyError):
    exit_code = 37
    remedy = "Check the network and try again."


class QueueUnclear(SpotifyUnreachable):
    remedy = "Look at Spotify's queue before you add the track again."


class ServiceError(CompanionError):
    exit_code = 40
    remedy = "Add `companion run` to your desktop's startup programs."


class Interrupted(CompanionError):
    exit_code = 130
    remedy = "Run the same command again: it goes on where it stopped."
