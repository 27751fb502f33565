"""`companion` with the fake worker: `python -m tests.agent.fake_agent WORDS`."""

from __future__ import annotations

from functools import partial

import companion.agent.serve
from companion.agent.worker import Worker
from companion.cli.main import main
from tests.agent.fake_work import COMMAND

if __name__ == "__main__":
    vars(companion.agent.serve)["Worker"] = partial(Worker, command=COMMAND)
    main()
