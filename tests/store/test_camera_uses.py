from __future__ import annotations

import sqlite3
from datetime import timedelta

from companion.store.visits import (
    CameraUse,
    camera_uses_between,
    drop_camera_uses,
    save_camera_use,
)
from tests.store.samples import NOON

HOUR = timedelta(hours=1)


def test_uses_are_kept_and_dropped(db: sqlite3.Connection) -> None:
    uses = [CameraUse(NOON + n * HOUR, "look") for n in range(3)]
    for use in reversed(uses):
        save_camera_use(db, use)
    assert camera_uses_between(db, NOON, NOON + 2 * HOUR) == uses[:2]
    assert drop_camera_uses(db, NOON + HOUR) == 1
    assert camera_uses_between(db, NOON, NOON + 9 * HOUR) == uses[1:]
