"""Commands that run and control the agent: `run`, `pause`, `resume`, `status`, `service`."""
