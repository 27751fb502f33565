from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.desktop.service.definition import is_ours
from companion.desktop.service.scheduled_task import ScheduledTask, user_name, write_task
from companion.desktop.service.service import install, read_own, uninstall
from tests.desktop import managers
from tests.desktop.programs import Programs
from tests.desktop.task_schema import NAMESPACE, problems

PYTHON = "C:\\Users\\Zoë & Co\\100% 'sure'\\pythonw.exe"
COMMAND = (PYTHON, "-P", "-m", "companion", "run")
USER = "DESK\\Zoë"


def find(xml: str, path: str) -> str | None:
    steps = "/".join(f"{NAMESPACE}{step}" for step in path.split("/"))
    found = ElementTree.fromstring(xml).find(steps)  # noqa: S314 - our own
    return None if found is None else found.text


def test_the_task_is_as_the_schema_wants_it() -> None:
    assert problems(write_task(COMMAND, USER)) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("IgnoreNew", "ignoreNew", "MultipleInstancesPolicy cannot be"),
        ("PT5M", "5 minutes", "Interval cannot be"),
        ("PT5M", "PT", "Interval cannot be"),
        ("<Command>", "<Command/><Command>", "Command twice"),
        ("Arguments>", "Argument>", "Argument is not known"),
        ("Exec>", "Execute>", "Exec is missing"),
        ("false", "no", "cannot be 'no'"),
        ("LeastPrivilege", "", "RunLevel cannot be"),
        ("<Repetition>", "<UserId>a</UserId><Repetition>", "wrong order"),
        ('version="1.2"', 'version="one"', "version"),
        ("2004/02/mit/task", "2004/02/mit/tusk", "is no task"),
    ],
)
def test_the_rules_find_what_is_wrong(old: str, new: str, problem: str) -> None:
    wrong = write_task(COMMAND, USER).replace(old, new)
    assert any(problem in found for found in problems(wrong))


@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
        min_size=1,
        max_size=200,
    )
)
def test_any_path_and_user_is_read_back(name: str) -> None:
    xml = write_task((name, "a b"), name)
    assert problems(xml) == []
    assert find(xml, "Actions/Exec/Command") == name
    assert find(xml, "Triggers/LogonTrigger/UserId") == name


def test_what_it_says() -> None:
    xml = write_task(COMMAND, USER)
    said = {
        "Triggers/LogonTrigger/UserId": USER,
        "Principals/Principal/UserId": USER,
        "Principals/Principal/LogonType": "InteractiveToken",  # where the camera is
        "Principals/Principal/RunLevel": "LeastPrivilege",
        "Settings/DisallowStartIfOnBatteries": "false",
        "Settings/StopIfGoingOnBatteries": "false",
        "Settings/ExecutionTimeLimit": "PT0S",
        "Settings/MultipleInstancesPolicy": "IgnoreNew",
        "Actions/Exec/Command": PYTHON,
        "Actions/Exec/Arguments": "-P -m companion run",
    }
    assert {path: find(xml, path) for path in said} == said
    assert is_ours(xml)


def test_its_version_follows_what_it_says() -> None:
    path = "RegistrationInfo/Version"
    version = find(write_task(COMMAND, USER), path)
    assert version == find(write_task(COMMAND, USER), path)
    assert version != find(write_task(("other", *COMMAND[1:]), USER), path)
    assert version != find(write_task(COMMAND, "other"), path)


def test_what_is_ordered(programs: Programs) -> None:
    manager = managers.task_scheduler(programs)
    service = ScheduledTask(COMMAND, {})
    install(service, start=True)
    create, end, run = manager.commands()
    words = create.split("|")
    assert words[:4] == ["/create", "/tn", "companion", "/xml"]
    assert words[5] == "/f"
    assert not Path(words[4]).exists()  # it was for the scheduler's eyes only
    assert (end, run) == ("/end|/tn|companion", "/run|/tn|companion")
    uninstall(service)
    assert manager.commands()[3:] == ["/end|/tn|companion", "/delete|/tn|companion|/f"]


def test_the_scheduler_is_given_utf_16(programs: Programs) -> None:
    manager = managers.task_scheduler(programs)
    service = ScheduledTask(COMMAND, {})
    service.write()
    given_text = manager.loaded
    assert given_text is not None
    assert given_text[:2] in (b"\xff\xfe", b"\xfe\xff")
    assert given_text.decode("utf-16") == service.definition


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "cp850"])
def test_the_scheduler_rewrites_what_it_was_given(encoding: str, programs: Programs) -> None:
    """It tells it in the console's letters, in an order of its own, with more."""
    manager = managers.task_scheduler(programs)
    service = ScheduledTask(COMMAND, {})
    text = service.definition.replace("<Exec>", "<Exec >").replace("\n", "\r\n")
    (manager.state / "loaded").write_bytes(text.encode(encoding))
    assert read_own(service) == service.definition
    other = ScheduledTask(("C:\\other.exe",), {})
    found = read_own(other)
    assert found is not None
    assert found != other.definition


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"USERDOMAIN": "DESK"}, "DESK\\Zoë"),
        ({}, "Zoë"),
        ({"USERDOMAIN": ""}, "Zoë"),
    ],
)
def test_the_user(environ: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "Zoë")
    assert user_name(environ) == name


def test_what_a_task_cannot_carry_the_user_must_set() -> None:
    assert ScheduledTask(COMMAND, {}).advice() is None
    advice = ScheduledTask(COMMAND, {"COMPANION_HOME": "D:\\my things"}).advice()
    assert advice is not None
    assert '`setx COMPANION_HOME "D:\\my things"`' in advice
