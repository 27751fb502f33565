"""The part of the Task Scheduler's schema that a task at log-on needs, as rules of our own.

After [MS-TSCH] section 2.5. An element has an order of children (a sequence) or none (`all`);
each child is there at most once; `!` marks those that must be there.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

NAMESPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"

TEXT = re.compile(r".*", re.DOTALL)
SOME_TEXT = re.compile(r".+", re.DOTALL)
PATH = re.compile(r".{1,260}", re.DOTALL)
BOOLEAN = re.compile(r"true|false|0|1")
DURATION = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?")
POLICY = re.compile(r"Parallel|Queue|IgnoreNew|StopExisting")
LOGON = re.compile(r"S4U|Password|InteractiveToken|InteractiveTokenOrPassword")
LEVEL = re.compile(r"LeastPrivilege|HighestAvailable")
PRIORITY = re.compile(r"[1-9]|10")
ANY = re.compile(r"(?!)")  # known to the schema, not described here

RULES: dict[str, tuple[str, dict[str, re.Pattern[str] | None]]] = {
    "Task": (
        "all",
        {
            "RegistrationInfo": None,
            "Triggers": None,
            "Settings": None,
            "Data": ANY,
            "Principals": None,
            "Actions!": None,
        },
    ),
    "RegistrationInfo": (
        "all",
        {
            "URI": TEXT,
            "SecurityDescriptor": TEXT,
            "Source": TEXT,
            "Date": ANY,
            "Author": TEXT,
            "Version": TEXT,
            "Description": TEXT,
            "Documentation": TEXT,
        },
    ),
    "Triggers": ("all", {"LogonTrigger": None}),
    "LogonTrigger": (
        "sequence",
        {
            "Enabled": BOOLEAN,
            "StartBoundary": ANY,
            "EndBoundary": ANY,
            "Repetition": None,
            "ExecutionTimeLimit": DURATION,
            "UserId": SOME_TEXT,
            "Delay": DURATION,
        },
    ),
    "Repetition": (
        "all",
        {"Interval!": DURATION, "Duration": DURATION, "StopAtDurationEnd": BOOLEAN},
    ),
    "Settings": (
        "all",
        {
            "AllowStartOnDemand": BOOLEAN,
            "RestartOnFailure": ANY,
            "MultipleInstancesPolicy": POLICY,
            "DisallowStartIfOnBatteries": BOOLEAN,
            "StopIfGoingOnBatteries": BOOLEAN,
            "AllowHardTerminate": BOOLEAN,
            "StartWhenAvailable": BOOLEAN,
            "NetworkProfileName": TEXT,
            "RunOnlyIfNetworkAvailable": BOOLEAN,
            "WakeToRun": BOOLEAN,
            "Enabled": BOOLEAN,
            "Hidden": BOOLEAN,
            "DeleteExpiredTaskAfter": DURATION,
            "IdleSettings": ANY,
            "NetworkSettings": ANY,
            "ExecutionTimeLimit": DURATION,
            "Priority": PRIORITY,
            "RunOnlyIfIdle": BOOLEAN,
        },
    ),
    "Principals": ("all", {"Principal": None}),
    "Principal": (
        "all",
        {
            "UserId": SOME_TEXT,
            "LogonType": LOGON,
            "GroupId": SOME_TEXT,
            "DisplayName": TEXT,
            "RunLevel": LEVEL,
        },
    ),
    "Actions": ("all", {"Exec!": None}),
    "Exec": ("all", {"Command!": PATH, "Arguments": TEXT, "WorkingDirectory": PATH}),
}


def problems(xml: str) -> list[str]:
    """List the schema violations in a task's XML; empty if it is valid."""
    root = ElementTree.fromstring(xml)  # noqa: S314 - our own
    if root.tag != f"{NAMESPACE}Task":
        return [f"{root.tag} is no task"]
    found = [] if re.fullmatch(r"\d+(\.\d+){1,3}", root.get("version", "")) else ["version"]
    return found + list(_check(root, "Task"))


def _check(element: ElementTree.Element, name: str) -> list[str]:
    order, children = RULES[name]
    known = {key.rstrip("!"): rule for key, rule in children.items()}
    names = [child.tag.removeprefix(NAMESPACE) for child in element]
    found = [f"{name}: {child} is not known" for child in names if child not in known]
    found += [f"{name}: {child} twice" for child in set(names) if names.count(child) > 1]
    found += [
        f"{name}: {key[:-1]} is missing"
        for key in children
        if key.endswith("!") and key[:-1] not in names
    ]
    places = [list(known).index(child) for child in names if child in known]
    if order == "sequence" and places != sorted(places):
        found.append(f"{name}: wrong order")
    for child, child_name in zip(element, names, strict=True):
        if child_name not in known:
            continue
        rule = known[child_name]
        if rule is None:
            found += _check(child, child_name)
        elif len(child) or not rule.fullmatch(child.text or ""):
            found.append(f"{name}: {child_name} cannot be {child.text!r}")
    return found
