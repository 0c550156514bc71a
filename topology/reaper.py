"""Ends what an owner left behind that died without closing: the reaper's input ends when its owner does.

Reads lines `+PID` (a session began) and `-PID` (it ended). Started by `topology.processes.Supervisor` only.
"""

from __future__ import annotations

import os
import signal
import sys
import time

from topology.processes import kill_session, members

PATIENCE = 5.0


def main() -> None:
    """Follow the owner's lines to their end; then ask every session that is left to end, and kill what does not."""
    left: set[int] = set()
    for line in sys.stdin:
        (left.add if line[0] == "+" else left.discard)(int(line[1:]))
    for leader in left:
        if leader in members(leader):
            os.kill(leader, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while any(members(leader) for leader in left) and time.monotonic() < deadline:
        time.sleep(0.2)
    for leader in left:
        kill_session(leader)


if __name__ == "__main__":
    main()
