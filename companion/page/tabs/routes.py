"""The functions of the tabs by the name in their address: views only read, acts change something.

Beside them stand /api/events, /api/camera and /api/clip, which stream, and /api/export and
/api/import, whose content is a file.
"""

from __future__ import annotations

from collections.abc import Mapping

from companion.page.context import Handler
from companion.page.tabs import (
    background_tasks,
    doctor,
    library,
    now,
    settings,
    setup,
    today,
    why,
)

VIEWS: Mapping[str, Handler] = {
    "today": today.show_day,
    "now": now.show_now,
    "picks": why.show_picks,
    "map": library.show_map,
    "untagged": library.show_untagged,
    "settings": settings.show_settings,
    "setup": setup.show_steps,
    "doctor": doctor.show_checks,
    "tasks": background_tasks.show_tasks,
}
ACTS: Mapping[str, Handler] = {
    "pause": now.pause,
    "resume": now.resume,
    "not-now": now.not_now,
    "mood": now.set_mood,
    "visit": now.visit_now,
    "feedback": why.give_feedback,
    "block": why.block,
    "unblock": why.unblock,
    "wrong": why.correct_reading,
    "undo": why.undo,
    "move": library.move,
    "move-back": library.move_back,
    "save-settings": settings.save_settings,
    "save-rules": settings.save_rules,
    "setup-app": setup.set_app,
    "setup-clips": setup.set_clips,
    "setup-camera": setup.set_camera,
    "setup-service": setup.set_service,
    "start": background_tasks.start_task,
    "stop": background_tasks.stop_task,
}
