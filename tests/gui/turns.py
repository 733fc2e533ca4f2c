"""Searches with results that are known at once, for tests of what shows them."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from zoneviz.app.noreturn import NoReturn
from zoneviz.app.whatif import Limit
from zoneviz.gui.session import turning

MONOTONE = Limit("max_threads", "64", "at most 64 threads per task")
TWICE = Limit("libports", "throttle", "libports thread throttle (slows at 64 threads)")
NEVER = Limit("collect_zones", "yes", "free pages of zones collected")
BOOT = Limit("zone_map_size", "2M", "a zone_map of 2 MiB")
LIMITS = [MONOTONE, TWICE, NEVER, BOOT]
HELPS: dict[Limit, tuple[tuple[int, int], ...]] = {MONOTONE: ((0, 400),), TWICE: ((0, 100), (300, 600)), NEVER: (), BOOT: ((0, 0),)}
Asked = list[list[Limit]]


def result(limit: Limit) -> NoReturn:
    """The result of a limit; event n is at n ms."""
    helps = HELPS[limit]
    last = helps[-1][1] if helps else None
    return NoReturn(limit, helps, last, None if last is None else last * 10**6, limit is BOOT, 8, 10, f"{limit.words}: its sentence.")


def pretend(monkeypatch: pytest.MonkeyPatch, after: int = 99) -> Asked:
    """Offer LIMITS, and find their results at once; those from number `after` on take until the search is cancelled."""
    asked: Asked = []

    def points(path: Path, limits: list[Limit], tell: Any, within: int) -> Generator[tuple[int, int], None, list[NoReturn]]:
        asked.append(limits)
        first = len(LIMITS) - len(limits)
        for number, limit in enumerate(limits):
            while len(asked) == 1 and first + number >= after:
                yield number, len(limits)
            tell(result(limit))
            yield number + 1, len(limits)
        return [result(limit) for limit in limits]

    monkeypatch.setattr(turning, "points", points)
    monkeypatch.setattr(turning, "limits", lambda header: LIMITS)
    return asked
