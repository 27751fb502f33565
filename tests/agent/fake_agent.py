"""`companion` with the fake worker: `python -m tests.agent.fake_agent WORDS`."""

from __future__ import annotations

from functools import partial

import companion.agent.service.serve
from companion.agent.models.worker import Worker
from companion.cli.main import main
from tests.agent.fake_work import COMMAND

if __name__ == "__main__":
    vars(companion.agent.service.serve)["Worker"] = partial(Worker, command=COMMAND)
    main()
