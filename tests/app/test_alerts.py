"""Alerts from the figures of readings: raised once, again after they were false."""

import numpy as np
import pytest

from zoneviz.app.alerts import Alarm, Alerts
from zoneviz.errors import UsageError
from zoneviz.events import Catalog, FigureInfo, ZoneInfo
from zoneviz.state.figures import CUR_SIZE, IN_USE
from zoneviz.state.totals import Totals

SECOND = 10**9
HOUR = 3600 * SECOND
CATALOG = Catalog()
CATALOG.zones.append(ZoneInfo(1, "dentry", 192, 0, 0, ""))
CATALOG.figures += [FigureInfo(1, "slab_unreclaimable", "bytes"), FigureInfo(2, "available_memory", "bytes")]


def figures(size: int = 0, slab: int = -1, available: int = -1) -> Totals:
    totals = Totals(CATALOG)
    totals.zones = np.zeros((2, 7), np.int64)
    totals.zones[1, [IN_USE, CUR_SIZE]] = size // 192, size
    totals.figures = np.array([-1, slab, available])
    return totals


def raised(alerts: Alerts, sizes: list[int]) -> list[list[Alarm]]:
    return [alerts.look(figures(size), CATALOG, at * SECOND) for at, size in enumerate(sizes)]


def test_an_alert_is_raised_again_only_after_it_was_false() -> None:
    alerts = Alerts(["dentry > 1K"])
    counts = [len(now) for now in raised(alerts, [0, 2000, 3000, 2000, 1024, 1025, 9000])]
    assert counts == [0, 1, 0, 0, 0, 1, 0]
    assert alerts.active == ["dentry > 1K: 8.79 KiB now."], "the figure of the last reading"


def test_conditions_are_apart_from_each_other() -> None:
    found = raised(Alerts([" dentry > 1K ", "dentry in use >= 20"]), [0, 2000, 4000])
    assert [[alarm.alert for alarm in now] for now in found] == [[], ["dentry > 1K"], ["dentry in use >= 20"]]
    assert found[2] == [Alarm("dentry in use >= 20: 20 now.", "dentry in use >= 20", 2 * SECOND, 20, 20)]


def test_lines_of_meminfo_are_understood() -> None:
    alerts = Alerts(["SUnreclaim > 1M", "MemAvailable < 1M"])
    found = alerts.look(figures(slab=2 << 20, available=1 << 19), CATALOG, 0)
    assert [alarm.text for alarm in found] == ["slab_unreclaimable > 1M: 2 MiB now.", "available_memory < 1M: 512 KiB now."]


def test_the_forecast_comes_before_the_limit() -> None:
    """A condition, and the slab memory, which takes all that is available: 1 MB/s to 10 and to 20 GB."""
    alerts, found = Alerts(["dentry > 10G"], before=HOUR), list[Alarm]()
    for second in range(0, 11_000, 10):
        used = second * 10**6
        found += alerts.look(figures(used, slab=used, available=20 * 10**9 - used), CATALOG, second * SECOND)
    assert [alarm.alert for alarm in found] == ["dentry > 10G", "dentry > 10G"], "first the forecast, then the condition"
    early, late = found
    assert early.ahead == pytest.approx(HOUR, rel=0.02) and early.time + early.ahead == pytest.approx(10_737 * SECOND, rel=0.01)
    assert late.ahead == 0 and late.time == pytest.approx(10_740 * SECOND)
    assert early.text.startswith("dentry > 10G in ") and early.text.endswith("of 10 GiB now, 3.35 GiB an hour.")
    for second in range(11_000, 17_000, 10):
        used = second * 10**6
        found += alerts.look(figures(used, slab=used, available=20 * 10**9 - used), CATALOG, second * SECOND)
    assert found[2].alert == "slab_unreclaimable" and "slab_unreclaimable full in " in found[2].text and len(found) == 3


def test_a_rate_that_varies_raises_one_alert() -> None:
    """A quarter more and a quarter less than what leads to the limit at the very end of the warning, by turns of two minutes."""
    alerts, found, used = Alerts(["dentry > 10G"], before=HOUR), list[Alarm](), 7 * 10**9
    for second in range(0, 7200, 10):
        used += 10 * (1_250_000 if second // 120 % 2 else 750_000)
        if used > 9 * 10**9:
            used -= 10**9  # it never gets there
        found += alerts.look(figures(used), CATALOG, second * SECOND)
    assert 1 <= len(found) <= 3, "hardly more than the times it fell"


def test_errors_come_with_the_first_reading() -> None:
    with pytest.raises(UsageError, match="Similar: dentry"):
        Alerts(["dentri > 1K"]).look(figures(), CATALOG, 0)
    with pytest.raises(UsageError, match="needs a limit"):
        Alerts([], before=HOUR).look(figures(), CATALOG, 0)
    assert Alerts([], before=HOUR).look(figures(slab=1, available=1), CATALOG, 0) == []
