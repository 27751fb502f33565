from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from companion.agent.control import ControlServer
from companion.desktop import service
from companion.desktop.definition import MARK
from companion.doctor.background import check_agent, check_service
from companion.doctor.check import Level, Subject
from companion.errors import ServiceError


@dataclass(frozen=True)
class FakeService:
    """A manager of services that says what it is told to."""

    found: str | None = MARK
    running: bool = True
    definition: str = MARK
    place: str = "here"

    def read(self) -> str | None:
        return self.found

    def is_running(self) -> bool:
        return self.running


@pytest.mark.parametrize(
    ("there", "level", "words"),
    [
        (FakeService(), Level.OK, "here runs"),
        (FakeService(found=None), Level.WARN, "not installed"),
        (FakeService(found=f"{MARK} of old"), Level.WARN, "another installation"),
        (FakeService(running=False), Level.WARN, "does not run"),
    ],
)
def test_service(
    there: FakeService,
    level: Level,
    words: str,
    subject: Subject,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "find_service", lambda: there)
    found = check_service(subject)
    assert found.level is level
    assert words in found.text


def test_a_service_of_somebody_else(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(FakeService(), found="[Unit]")
    monkeypatch.setattr(service, "find_service", lambda: other)
    with pytest.raises(ServiceError, match="not written by companion"):
        check_service(subject)


def test_agent(subject: Subject) -> None:
    assert check_agent(subject).level is Level.WARN
    subject.paths.make()
    with ControlServer(subject.paths, {"status": dict}):
        assert check_agent(subject).level is Level.OK
    assert check_agent(subject).level is Level.WARN
