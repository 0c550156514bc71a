"""Keeps programs running: restarts what ended, writes a log for each, and leaves nothing behind.

Every program is the leader of a session of its own, as a container has its own process space: when the leader ends, for
whatever reason, the rest of its session is killed before it is started again. Only sessions started here are touched.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import psutil

from recourse.errors import UserError
from topology.native import CHECKOUT, Program

LONGEST_PAUSE = 15.0
"""Seconds between two starts of a program that keeps ending; the pause doubles up to this."""
STEADY_SECONDS = 10.0
"""A program that lived so long starts its next life without a pause."""
_LOOK_EVERY = 0.1


def members(leader: int) -> list[int]:
    """Processes of the session that `leader` leads or led."""
    found = []
    for pid in psutil.pids():
        try:
            if os.getsid(pid) == leader:
                found.append(pid)
        except (ProcessLookupError, PermissionError):
            continue
    return found


def kill_session(leader: int) -> None:
    """End every process of a session, at once."""
    for pid in members(leader):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


class Child:
    """One program, its present process, and whether it is wanted. Guarded by the lock of its `Supervisor`."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program, self.log = program, log
        self.process: subprocess.Popen[bytes] | None = None
        self.wanted = False
        self.starts = 0
        self.code: int | None = None
        self.began = self.due = 0.0
        self._pause = 0.0

    def spawn(self) -> None:
        """Start it; its output is added to its log."""
        self.starts, self.code, self.began = self.starts + 1, None, time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.program.cwd,
                env=dict(self.program.environment),
                start_new_session=True,
                **self.program.as_user,
            )

    def ended(self) -> None:
        """Take note of the end and say when the next start is due."""
        assert self.process is not None
        self.code, self.process = self.process.returncode, None
        steady = time.monotonic() - self.began > STEADY_SECONDS
        self._pause = 0.5 if steady or not self._pause else min(2 * self._pause, LONGEST_PAUSE)
        self.due = time.monotonic() + self._pause
        if not self.program.restarts:
            self.wanted = False


class Supervisor:
    """Programs by name. `close()` ends them all; so does the end of this process, however it comes (`reaper.py`)."""

    def __init__(self, logs: Path) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._children: dict[str, Child] = {}
        self._lock = threading.RLock()
        self._told = threading.Event()
        self._reaper = subprocess.Popen(
            [sys.executable, "-m", "topology.reaper"],
            stdin=subprocess.PIPE,
            text=True,
            cwd=CHECKOUT,
            start_new_session=True,
        )
        self._watching = threading.Thread(target=self._watch, name="topology", daemon=True)
        self._watching.start()

    def add(self, program: Program) -> None:
        """Make a program known; it is not started yet."""
        self._children[program.name] = Child(program, self._logs / f"{program.name}.log")

    def start(self, name: str) -> None:
        """Start a program that is not running, and keep it running if it is one that restarts."""
        with self._lock:
            child = self._child(name)
            child.wanted = True
            if child.process is None:
                self._spawn(child)

    def stop(self, names: Iterable[str], patience: float) -> None:
        """Ask programs to end, all at once, and kill what has not ended in `patience` seconds."""
        with self._lock:
            chosen = [self._child(name) for name in names]
            for child in chosen:
                child.wanted = False
                if child.process:
                    _send(child.process.pid, child.program.stop_signal)
        deadline = time.monotonic() + patience
        while any(child.process for child in chosen) and time.monotonic() < deadline:
            time.sleep(_LOOK_EVERY)
        with self._lock:
            for child in chosen:
                if child.process:
                    _send(child.process.pid, signal.SIGKILL)
                    child.process.wait()
                    self._bury(child)

    def send(self, name: str, number: int) -> int:
        """Send a signal to a program's leader; returns its process id. Raises UserError when it does not run."""
        with self._lock:
            pid = self.pid(name)
            if pid is None:
                raise UserError(f"{name} is not running", mend="start it first")
            os.kill(pid, number)
            return pid

    def pid(self, name: str) -> int | None:
        """The process id of a program's leader, None while it does not run."""
        with self._lock:
            process = self._child(name).process
            return process.pid if process and process.poll() is None else None

    def starts(self, name: str) -> int:
        """How often a program has been started."""
        with self._lock:
            return self._child(name).starts

    def code(self, name: str) -> int | None:
        """The exit code of a program that has ended and was not started again."""
        with self._lock:
            return self._child(name).code

    def log(self, name: str) -> Path:
        """Where a program's output goes."""
        return self._child(name).log

    def close(self, waves: Iterable[Iterable[str]], patience: float) -> None:
        """End every program, wave after wave; nothing of any session is left when this returns."""
        for wave in waves:
            self.stop(wave, patience)
        self._told.set()
        self._watching.join()
        assert self._reaper.stdin is not None
        self._reaper.stdin.close()
        self._reaper.wait()

    def _child(self, name: str) -> Child:
        if name not in self._children:
            raise UserError(f"no service {name!r} here", mend=f"one of {', '.join(self._children)}")
        return self._children[name]

    def _spawn(self, child: Child) -> None:
        child.spawn()
        assert child.process is not None
        self._tell_reaper(f"+{child.process.pid}")

    def _bury(self, child: Child) -> None:
        """After the leader has ended: end the rest of its session, so that ports are free and nothing runs twice."""
        assert child.process is not None
        leader = child.process.pid
        kill_session(leader)
        self._tell_reaper(f"-{leader}")
        child.ended()

    def _tell_reaper(self, line: str) -> None:
        assert self._reaper.stdin is not None
        print(line, file=self._reaper.stdin, flush=True)

    def _watch(self) -> None:
        while not self._told.wait(_LOOK_EVERY):
            with self._lock:
                for child in self._children.values():
                    if child.process and child.process.poll() is not None:
                        self._bury(child)
                    elif child.wanted and child.process is None and time.monotonic() >= child.due:
                        self._spawn(child)


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
