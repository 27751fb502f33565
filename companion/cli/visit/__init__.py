"""Commands about visits and picks: `once`, `queue`, `why`, `history`, `replay`."""
