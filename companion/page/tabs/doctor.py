"""Doctor: every check with its remedy."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from companion.doctor.examine import examine, worst
from companion.page.context import Context, Given


def show_checks(context: Context, _: Given) -> dict[str, Any]:
    """Examine everything anew; the camera stays off."""
    checks = examine(context.paths, context.now())
    return {"worst": worst(checks).value, "checks": [asdict(check) for check in checks]}
