"""The checks of the service and of the agent itself."""

from companion.doctor.check import Finding, Subject, ok, warn
from companion.errors import AgentNotRunning, ServiceError

ANSWER_DEADLINE_S = 2.0
INSTALL = "Run `companion service install`."


def check_service(_: Subject) -> Finding:
    """Check that the desktop starts the agent, and the one of this installation."""
    from companion.desktop.service.service import find_service, read_own

    try:
        service = find_service()
        found = read_own(service)
    except ServiceError as error:  # the agent can be run by hand
        return warn(str(error), error.remedy)
    if found is None:
        return warn("not installed: the agent does not start when you log in", INSTALL)
    if found != service.definition:
        return warn(f"{service.place} belongs to another installation or configuration", INSTALL)
    if not service.is_running():
        return warn(f"{service.place} is installed, but does not run", INSTALL)
    return ok(f"{service.place} runs")


def check_agent(subject: Subject) -> Finding:
    """Check that the agent answers."""
    from companion.agent.service.control import ask

    try:
        ask(subject.paths, "status", ANSWER_DEADLINE_S)
    except AgentNotRunning:
        return warn("not running", "Run `companion service install`, or `companion run` by hand.")
    return ok("running")
