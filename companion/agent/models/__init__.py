"""The process that holds the networks.

`worker` is the agent's end, `worker_process` the process itself, `messages` what they exchange;
`face` opens the face reader. May import every room below `agent`; only `worker_process` and
`face` load the networks.
"""
