"""The user's time zone.

Local times come from the C library, `datetime.astimezone()`, which reads TZ as all programs do, in
all its forms. It takes a zone that it does not know for UTC and says nothing; this module does.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

# POSIX.1-2024, Base Definitions, section 8.3: names and offsets, such as CET-1CEST or <+03>-3.
_NAME = r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)"
_OFFSET = r"[+-]?\d{1,3}(?::[0-5]\d){0,2}"
_RULES = re.compile(rf"{_NAME}{_OFFSET}(?:{_NAME}(?:{_OFFSET})?(?:,[^,]+,[^,]+)?)?", re.ASCII)


def zone_problem(environ: Mapping[str, str] = os.environ) -> str | None:
    """Say what is wrong with TZ; None where it names a zone or is not set."""
    zone = environ.get("TZ", "").removeprefix(":")
    if not zone or _RULES.fullmatch(zone) or _is_known(zone):
        return None
    return f"TZ is set to {zone!r}, which is no time zone, so times are shown in UTC"


def _is_known(zone: str) -> bool:
    try:
        if Path(zone).is_absolute():
            with Path(zone).open("rb") as file:
                ZoneInfo.from_file(file)
        else:
            ZoneInfo(zone)
    except (OSError, ValueError, LookupError):
        return False
    return True
