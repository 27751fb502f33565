"""Commands about the installation: `config`, `models`, `doctor`, `forget`, `login`."""
