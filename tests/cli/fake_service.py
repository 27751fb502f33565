"""A manager of services that keeps one definition in memory."""

from __future__ import annotations

from dataclasses import dataclass

from companion.desktop.programs import Command
from companion.desktop.service.definition import MARK


@dataclass
class FakeService:
    """`found` is what it has under our name, `started` how often it was told to start it."""

    found: str | None = None
    running: bool = True
    started: int = 0
    definition: str = MARK
    place: str = "/the/service"

    def read(self) -> str | None:
        return self.found

    def write(self) -> None:
        self.found = self.definition

    def start_commands(self, *, start: bool, changed: bool) -> list[Command]:
        self.started += start
        return []

    def is_running(self) -> bool:
        return self.running

    def advice(self) -> str | None:
        return "Do this besides."
