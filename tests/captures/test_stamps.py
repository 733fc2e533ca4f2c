"""Dates and uptimes in the forms that systems print."""

import pytest

from zoneviz.captures.stamps import Stamp, find, uptime

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2022-07-10 01:18:15.51 +0800", "2022-07-09 17:18:15 UTC"),
        ("2020-08-03 21:59:36.366262+0800 0x202 Default", "2020-08-03 13:59:36 UTC"),
        ("2024-09-22T03:31:41Z", "2024-09-22 03:31:41 UTC"),
        ("Date/Time: 2024/09/22 03:31:41", "2024-09-22 03:31:41"),
        ("Wed Mar 26 23:23:19 2014", "2014-03-26 23:23:19"),
        ("Mon Aug  3 21:59:36 CEST 2020", "2020-08-03 21:59:36"),
        ("Mon Aug  3 09:59:36 PM UTC 2020", "2020-08-03 21:59:36 UTC"),
        ("=== 1777629600 ===", "2026-05-01 10:00:00 UTC"),
        ("1777629600.25", "2026-05-01 10:00:00 UTC"),
        ("1777629600123", "2026-05-01 10:00:00 UTC"),
    ],
)
def test_dates(text: str, shown: str) -> None:
    assert str(find(text)) == shown


def test_fractions_and_order() -> None:
    assert find("2022-07-10 01:18:15.51 +0800") == Stamp(1657387095 * SECOND + 510_000_000, True)
    assert find("1777629600123") == Stamp(1777629600 * SECOND + 123_000_000, True)


@pytest.mark.parametrize(
    "text",
    ["", "2022-13-40 99:99:99", "kalloc.1024 24048K", "0x1777629600", "17776296001", "Wed Mar 99 23:23:19 2014", "9999-01-01 00:00:00"],
)
def test_texts_that_are_not_dates(text: str) -> None:
    assert find(text) is None


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("up 1 min,", 1),
        (" 11:28:15 up 10 min,  1 user", 10),
        (" 13:54:04 up  2:36,  1 user", 156),
        ("14:00  up 3 days,  4:05, 2 users", 3 * 1440 + 245),
        ("14:00  up 12 days, 3 mins, 2 users", 12 * 1440 + 3),
        ("up 1 day, 5 hrs, 1 user", 1440 + 300),
    ],
)
def test_uptimes(text: str, minutes: int) -> None:
    assert uptime(text) == minutes * 60 * SECOND


def test_no_uptime() -> None:
    assert uptime("wake up now") is None and uptime("") is None
