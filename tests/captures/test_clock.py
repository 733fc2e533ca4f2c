"""The times around listings belong to the right ones."""

from zoneviz.captures.clock import Clock, When
from zoneviz.captures.text import Line, clean

MINUTE = 60 * 10**9


def times(text: str) -> list[When]:
    """The times of listings; a line "row" is a row, and the one after another text begins a listing."""
    clock, out, inside = Clock(), list[When](), False
    for number, raw in enumerate(text.splitlines(), 1):
        line = Line(number, *clean(raw))
        if line.text == "row":
            if not inside:
                out.append(clock.begin(line))
            clock.end, inside = number, True
        else:
            clock.read(line)
            inside = False
    return out


def test_a_date_before_each_listing() -> None:
    found = times("1700000000\nrow\nrow\n1700000010\nrow\n1700000020\nrow")
    assert [when.stamp and when.stamp.ns // 10**9 for when in found] == [1700000000, 1700000010, 1700000020]


def test_a_date_after_each_listing() -> None:
    found = times("row\n1700000000\nrow\n1700000010\n")
    assert [when.stamp and when.stamp.ns // 10**9 for when in found] == [1700000000, 1700000010]


def test_a_date_and_an_uptime_are_of_one_listing() -> None:
    (when,) = times("Fri Nov 27 10:40:00 UTC 2026\n 10:40:00 up 2 days, 2:36, 1 user\nrow")
    assert when.shown == "2026-11-27 10:40:00 UTC" and when.uptime == (2 * 1440 + 156) * MINUTE


def test_a_time_after_a_blank_line_is_of_the_next_listing() -> None:
    first, second = times("row\n\nup 5 min\nrow")
    assert first == When() and second.uptime == 5 * MINUTE


def test_an_uptime_after_the_first_listing_and_before_the_second() -> None:
    first, second = times("row\nup 1 min,\n\n 11:28:15 up 10 min\nrow")
    assert (first.uptime, second.uptime) == (MINUTE, 10 * MINUTE)


def test_the_time_of_a_console_and_of_proc_uptime() -> None:
    assert times("[  178.502533] row")[0].uptime == 178_502_533_000
    assert times("9360.12 34567.89\nrow")[0].uptime == 9_360_120_000_000


def test_the_kernel_is_named_without_the_host() -> None:
    clock = Clock()
    clock.read(Line(1, "Linux somehost 6.1.0-13-amd64 #1 SMP PREEMPT_DYNAMIC Debian x86_64 GNU/Linux"))
    assert clock.kernel == "6.1.0-13-amd64"
