"""The process that holds the networks.

`worker` is the agent's end, `worker_process` the process itself, `codec` the messages between
them. May import every room below `agent`; only `worker_process` loads the networks.
"""
