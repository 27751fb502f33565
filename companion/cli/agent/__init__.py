"""Commands that run and steer the agent: `run`, `pause`, `resume`, `status`, `service`."""
