"""What happens when an alert is raised: a line for the user, an entry in the result, and a command."""

import os
import shlex
import shutil
import subprocess
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from zoneviz.app.alerts import Alarm, Alerts
from zoneviz.errors import UsageError
from zoneviz.events import Catalog
from zoneviz.state.totals import Totals

_KEPT = 1000
"""Upper bound of the alerts kept for the result."""
_RUNNING = 16
"""Upper bound of commands that run at once."""
_PATIENCE = 10.0
"""Seconds that commands get to finish when the recording ends."""


class Alerting:
    """The alerts of a recording (`alerts.Alerts`) and what they cause. `command`: run for each alert raised, "" for none.

    Errors: UsageError if the command is not one.
    """

    def __init__(self, conditions: Sequence[str] = (), before: int = 0, command: str = "") -> None:
        self._alerts = Alerts(conditions, before)
        self._wanted = bool(conditions or before)
        self._command = _parsed(command)
        if self._command and not self._wanted:
            raise UsageError("--then needs an alert: add --alert CONDITION or --alert-before TIME.")
        self._running: list[subprocess.Popen[bytes]] = []
        self._raised: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._news: list[str] = []

    @property
    def active(self) -> tuple[str, ...]:
        """The sentences of the alerts that hold."""
        return tuple(self._alerts.active)

    def look(self, totals: Totals, catalog: Catalog, time: int, path: Path) -> None:
        """Take in the figures of a reading at `time` in ns since the start; `path`: the recording.

        Errors: as `Alerts.look`.
        """
        self._ended(wait=0.0)
        if self._wanted:
            for alarm in self._alerts.look(totals, catalog, time):
                now = datetime.now().astimezone().isoformat(timespec="seconds")
                self._news.append(f"{now} {alarm.text}")
                self._raised.append(asdict(alarm) | {"at": now})
                if self._command:
                    self._run(alarm, now, path)

    def news(self) -> list[str]:
        """Lines for the user since the last call."""
        said, self._news = self._news, []
        return said

    def result(self) -> dict[str, Any]:
        """What belongs into the result of the recording: `alerts`, if any were wanted, the last ones of those raised."""
        return {"alerts": [*self._raised]} if self._wanted else {}

    def close(self) -> None:
        """Wait for the commands that run, a few seconds at most."""
        self._ended(_PATIENCE)

    def _run(self, alarm: Alarm, now: str, path: Path) -> None:
        """Start the command. Figures reach it in its environment: names of caches are never part of a command line."""
        if len(self._running) >= _RUNNING:
            self._news.append(f"{self._command[0]} was not started again: {_RUNNING} of it are still running.")
            return
        figures = {"text": alarm.text, "alert": alarm.alert, "value": alarm.value, "limit": alarm.limit, "time": now, "file": path}
        figures["seconds"] = round(alarm.ahead / 1e9)
        environment = os.environ | {f"ZONEVIZ_{name.upper()}": str(value) for name, value in figures.items()}
        try:
            # In a new session: Ctrl-C ends the recording, not the command. Standard output is for --json.
            started = subprocess.Popen(self._command, env=environment, stdin=subprocess.DEVNULL, stdout=2, start_new_session=True)
        except OSError as error:
            self._news.append(f"{self._command[0]} cannot be started: {error.strerror}.")
        else:
            self._running.append(started)

    def _ended(self, wait: float) -> None:
        """Report commands that have failed, or that run longer than `wait` seconds if that is not 0."""
        going, self._running = self._running, []
        for command in going:
            try:
                status = command.wait(wait)
            except subprocess.TimeoutExpired:
                self._running.append(command)
                if wait:
                    self._news.append(f"{self._command[0]} is still running.")
                continue
            if status:
                how = f"signal {-status}" if status < 0 else f"exit status {status}"
                self._news.append(f"{self._command[0]} failed with {how}.")


def _parsed(command: str) -> list[str]:
    """A command line as words. Errors: UsageError if it has none, open quotes, or no such program."""
    if not command:
        return []
    try:
        found = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"The command {command!r} cannot be read: {error}.") from None
    if not found:
        raise UsageError("The command of --then is empty.")
    if shutil.which(found[0]) is None:
        raise UsageError(f"The command {found[0]!r} is not a program that can be run. Name one in PATH, or its file.")
    return found
