from __future__ import annotations

import sys

import pytest

from companion.agent.service.control import ControlServer
from companion.desktop.service import service
from companion.desktop.service.definition import MARK
from companion.doctor.background import check_agent, check_service
from companion.doctor.check import Level, Subject
from tests.cli.fake_service import FakeService


@pytest.mark.parametrize(
    ("there", "level", "words"),
    [
        (FakeService(MARK), Level.OK, "/the/service runs"),
        (FakeService(), Level.WARN, "not installed"),
        (FakeService(f"{MARK} of old"), Level.WARN, "another installation"),
        (FakeService(MARK, running=False), Level.WARN, "does not run"),
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
    monkeypatch.setattr(service, "find_service", lambda: FakeService("[Unit]"))
    found = check_service(subject)
    assert found.level is Level.WARN
    assert "not written by companion" in found.text


def test_a_platform_without_services(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "plan9")
    found = check_service(subject)
    assert (found.level, found.text) == (Level.WARN, "No service manager is known for plan9.")


def test_agent(subject: Subject) -> None:
    assert check_agent(subject).level is Level.WARN
    subject.paths.make()
    with ControlServer(subject.paths, {"status": dict}):
        assert check_agent(subject).level is Level.OK
    assert check_agent(subject).level is Level.WARN
