"""The user at the other end of a connection on loopback, as Linux tells it.

The address of the page, with its token, stands among the browser's arguments, which other users
of the machine may read: so the token alone is not enough.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
from pathlib import Path

CONNECTIONS = Path("/proc/net/tcp")
LOCAL, REMOTE, USER = 1, 2, 7  # columns, see proc_net_tcp of Linux's documentation

Address = tuple[str, int]


def is_own(client: Address, server: Address, connections: Path = CONNECTIONS) -> bool:
    """Return True where the client's end belongs to this user, or where nobody can tell.

    Args:
        client: the other end, IPv4.
        server: our end.
        connections: the kernel's list of them.
    """
    if sys.platform != "linux":
        return True
    try:
        lines = connections.read_text("ascii").splitlines()[1:]
    except OSError:
        return True
    wanted = [_hexadecimal(client), _hexadecimal(server)]
    owners = (row[USER] for row in map(str.split, lines) if row[LOCAL : REMOTE + 1] == wanted)
    return next(owners, None) == str(os.getuid())


def _hexadecimal(address: Address) -> str:
    """The address as the kernel writes it: the bytes of the host in the machine's order."""
    host, port = address
    (number,) = struct.unpack("=I", socket.inet_aton(host))
    return f"{number:08X}:{port:04X}"
