"""The faults that the tests of this folder inject: one table of what is seen and what is kept.

`scripts/write_faults.py` writes docs/faults.md from it.
"""

from __future__ import annotations

from dataclasses import dataclass

ONCE, STATUS, TAG = "`companion once`", "`companion status`", "`companion tag`"
NOW = "`companion visit-now`"
NEVER_TWICE = "the queue holds no track twice"
ALL = f"library, tags and sign-in; {NEVER_TWICE}"
NOT_SENT = "nothing is queued; the same visit works later"
UNCLEAR = "the request is not repeated, as it may have worked; the queue decides later"
QUEUED = "the track is in the queue, once"
LATER = "the agent goes on; the next visit queues a track, once, and `status` shows no trouble"


@dataclass(frozen=True, slots=True)
class Row:
    """A fault, and what comes of it.

    Attributes:
        part: the external part that misbehaves.
        fault: what it does.
        where: the command that shows it.
        shown: a part of the sentence that is shown.
        code: the exit code; None where an agent goes on.
        kept: what holds afterwards.
    """

    part: str
    fault: str
    shown: str
    code: int | None
    kept: str = ALL
    where: str = ONCE


TWISTS = {  # how an answer by HTTP goes wrong: in words, and what a question comes to
    "reset": ("the connection is reset", "no connection"),
    "drip": ("the answer comes a byte at a time", "its answer comes too slowly"),
    "longer": ("the answer is shorter than it claims", "its answer broke off"),
    "shorter": ("the answer is longer than it claims", "answers in text"),
    "error": ("503", "is not working"),
    "loop": ("a redirect to itself", "in Spotify's place (status 302)"),
    "page": ("a page in HTML for JSON", "answers in text"),
}
_TOKEN = {
    "shorter": "Spotify's sign-in is not working",
    "loop": "Spotify's sign-in is not working",
    "page": "Spotify's sign-in is not working",
    "error": "Spotify's sign-in is not working",
}
_UNCLEAR = {
    "error": "Spotify is not working",
    "loop": "in Spotify's place (status 302)",
}


def _spotify() -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for twist, (fault, shown) in TWISTS.items():
        signing = _TOKEN.get(twist, f"Spotify's sign-in cannot be reached: {shown}")
        unclear = _UNCLEAR.get(twist, "Spotify did not say whether it queued the track")
        rows |= {
            f"player {twist}": Row("Spotify, asked what plays", fault, shown, 37, NOT_SENT),
            f"token {twist}": Row("Spotify, asked for a token", fault, signing, 37, NOT_SENT),
            f"lost {twist}": Row("Spotify, told to queue, which it does not", fault, unclear, 37,
                                 UNCLEAR),
            f"done {twist}": Row("Spotify, told to queue, which it does", fault, "Queued: ", 0,
                                 QUEUED),
        }  # fmt: skip
    for twist in ("shorter", "page"):  # of a status that says yes, any body is taken
        del rows[f"lost {twist}"]
    return rows


FAULTS: dict[str, Row] = _spotify() | {
    "clip drip": Row("the clip host", "one clip comes a byte at a time",
                     "3 tracks tagged.|not tagged, the source of clips was busy: 1", 0,
                     "the other tracks get their tags; this one is tried again in an hour", TAG),
    "clip rubbish": Row("the clip host", "one answer makes no sense",
                        "3 tracks tagged.|not tagged, the source's answer was invalid: 1", 0,
                        "the other tracks get their tags; this one is tried again later", TAG),
    "clip reset": Row("the clip host", "every connection is reset",
                      "3 tracks in a row got no tag|Wait some minutes", 20,
                      "no track counts as damaged; all are tried again in an hour", TAG),
    "disk full": Row("the disk", "full", "its disk is full", 5),
    "disk full, agent": Row("the disk", "full, while the agent runs", "its disk is full", None,
                            f"the agent goes on, and works again when there is room; {ALL}",
                            STATUS),
    "disk read-only": Row("the disk", "read-only", "it cannot be opened for writing", 5),
    "database locked": Row("the database", "locked by another program", "has locked it", 5),
    "database damaged": Row("the database", "overwritten in the middle", "it is damaged", 5,
                            "the file is left as it is"),
    "database damaged, agent": Row("the database", "overwritten while the agent runs",
                                   "a new one was created", None,
                                   "the damaged file is set aside, the library read anew; "
                                   "the sign-in", STATUS),
    "camera missing": Row("the camera", "not there", "no camera 63", 10),
    "camera busy": Row("the camera", "another program has it, so that it gives no picture",
                       "gave no picture", 10),
    "camera hangs opening": Row("the camera", "hangs while it opens", "did not answer within", 10),
    "camera hangs reading": Row("the camera", "hangs in the middle", "did not answer within", 10),
    "camera black": Row("the camera", "black pictures only", "too dark", 0),
    "camera sizes": Row("the camera", "pictures of one pixel, and of changing sizes",
                        "Abstained", 0),
    "clock forward": Row("the clock", "set 30 hours forward", "running", None,
                         f"visits go on at their pace; {ALL}", STATUS),
    "clock back": Row("the clock", "set 30 hours back", "running", None,
                      f"visits go on at their pace; {ALL}", STATUS),
    "clock summer": Row("the clock", "summer time ends", "running", None,
                        f"visits go on at their pace; {ALL}", STATUS),
    "keyring locked": Row("the keyring", "locked", "system keyring", 32),
    "keyring gone": Row("the keyring", "gone", "system keyring", 32),
    "bus gone, keyring": Row("D-Bus", "gone when the keyring is asked", "system keyring", 32),
    "bus gone, presence": Row("D-Bus", "gone in the middle of a call", "running", None,
                              "lock and absence are unknown, which counts as present; "
                              "Spotify is asked what plays", STATUS),
    "process spotify": Row("An agent as a process of its own", "Spotify answers 503 for a while",
                           "Failed: Spotify is not working", 1, LATER, NOW),
    "process keyring": Row("An agent as a process of its own", "the keyring breaks for a while",
                           "Failed: The system keyring does not work", 1, LATER, NOW),
    "process disk": Row("An agent as a process of its own", "the disk is full for a while",
                        "its disk is full", 5, LATER, NOW),
}  # fmt: skip
