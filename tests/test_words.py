"""How numbers, sizes, shares, times and tasks are written."""

from datetime import datetime

import pytest

from zoneviz import words


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (526_039_000, 2_027_000_000, "0.526 to 2.027 s"),
        (0, 45_450_000_000, "0 to 45.450 s"),
        (60_678_000, 78_559_000, "60.678 to 78.559 ms"),
        (12_402_000_100, 12_402_001_300, "12.40200010 to 12.40200130 s"),
        (7, 9, "7 to 9 ns"),
        (0, 0, "0 to 0 s"),
        (5_000, 5_000, "5.000 to 5.000 µs"),
        (600 * 10**9, 23_760 * 10**9, "600.000 s to 6 h 36 min 00 s"),
    ],
)
def test_a_stretch_has_one_unit_and_two_ends(low: int, high: int, text: str) -> None:
    assert words.span(low, high) == text


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (259_717_000, "260 ms"), (1_500_000_000, "1.5 s"), (248_347, "248 µs"), (8_580_000, "8.58 ms"), (12, "12 ns"), (0, "0 s"),
        (23_760 * 10**9, "6.6 h"), (302_400 * 10**9, "3.5 d"),
    ],
)
def test_a_length_has_three_figures(ns: int, text: str) -> None:
    assert words.duration(ns) == text


def test_long_times_are_in_hours_and_days() -> None:
    assert [words.time(seconds * 10**9) for seconds in (7_199, 7_200, 23_772)] == ["7,199.000 s", "2 h 00 min 00 s", "6 h 36 min 12 s"]
    assert words.time(302_402_583_000_000) == "3 d 12 h 00 min"
    assert words.tick_labels([0.0, 1800.0], 1800.0) == ["0 s", "1,800 s"], "as `time` writes it"
    assert words.tick_labels([0.0, 9000.0], 1800.0) == ["0 h 00 min", "2 h 30 min"]
    assert words.tick_labels([16_500.0], 10.0) == ["4 h 35 min 00 s"] and words.tick_labels([16_500.25], 0.25) == ["4 h 35 min 00.25 s"]
    assert words.tick_labels([7200.0, 10_800.0], 3600.0) == ["2 h", "3 h"]
    assert words.tick_labels([86_400.0, 172_800.0], 86_400.0) == ["1 d", "2 d"]
    assert words.tick_labels([172_800.0, 194_400.0], 21_600.0) == ["2 d 0 h", "2 d 6 h"]


def test_times_of_day_are_as_fine_as_needed() -> None:
    zero = datetime(2026, 11, 30, 12, 59, 21)
    assert words.clock(zero, 60.25) == "13:00:21" and words.clock(zero, 39, 60) == "13:00"
    assert words.clock(zero, 0.25, 0.01) == "12:59:21.25"
    midnight = 11 * 3600 + 39
    assert words.clock_labels(zero, [midnight - 3600.0, float(midnight)], 3600.0) == ["23:00", "1 Dec"]


def test_a_fine_time_tells_microseconds_apart() -> None:
    assert words.fine_time(45_450_433_500) == "45.450434 s"
    assert words.fine_time(45_450_426_500) == "45.450426 s"
    assert words.fine_time(3_250_000) == "3.250 ms"


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (512, "512 B"), (1536, "1.5 KiB"), (5_159_000, "4.92 MiB"), (12_939_428, "12.3 MiB"), (1 << 24, "16 MiB")],
)
def test_a_size_has_three_figures(size: int, text: str) -> None:
    assert words.size(size) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (4001, "4001 B"), (1023 << 10, "1023 KiB"), (16842752, "16448 KiB"), (1025 << 20, "1025 MiB"), (2 << 30, "2 GiB")],
)
def test_an_exact_size_has_all_figures(size: int, text: str) -> None:
    assert words.exact_size(size) == text


def test_sizes_of_a_column_have_two_decimals() -> None:
    assert [words.size_cell(size) for size in (512, 1 << 24, 5_159_000)] == ["512 B", "16.00 MiB", "4.92 MiB"]


def test_sizes_follow_the_chosen_units() -> None:
    words.choose_units("kB, MB")
    try:
        assert (words.size(1_500_000), words.signed_size(2_000)) == ("1.5 MB", "+2 kB")
    finally:
        words.choose_units("KiB, MiB")


@pytest.mark.parametrize(("part", "whole", "text"), [(1, 2, "50 %"), (1, 1000, "under 1 %"), (0, 5, "0 %"), (3, 0, "-"), (5, 5, "100 %")])
def test_a_share_has_whole_percents(part: int, whole: int, text: str) -> None:
    assert words.share(part, whole) == text


def test_a_task_has_one_name() -> None:
    names = {6: "bomb", 7: "task 7", 8: "\x1b[31m"}
    assert [words.task_name(task, names) for task in (6, 9, 0)] == ["bomb", "task 9", "the kernel"]
    assert [words.task(task, names) for task in (6, 7, 9, 0)] == ["bomb (task 6)", "task 7", "task 9", "the kernel"]
    assert words.task(8, names).isprintable()
    live = {1: "idle", 2: "interrupts (NMI)", 3: "bash (23796)", 4: "kworker/0:1 (kernel thread 23)", 5: "(odd)"}
    assert [words.task(task, live) for task in live] == [*list(live.values())[:4], "(odd) (task 5)"]


def test_counts_and_moments() -> None:
    assert [words.count(n, "thread") for n in (1, 2000)] == ["1 thread", "2,000 threads"]
    assert words.count(0, "process", "processes") == "0 processes"
    assert words.moment(12, 1_500_000_000, "ns") == "1.500 s (event 12)"
    assert words.moment(1200, 0, "events") == "event 1,200"


def test_errors_are_written_as_in_their_headers() -> None:
    found = [words.error(kr) for kr in (6, 0x1000480C, 0x40000018, -308)]
    assert found == ["error 6", "error 0x1000480c", "error 0x40000018", "error -308"]


def test_an_address_of_a_64_bit_kernel_is_written_in_full() -> None:
    assert words.address(0xC0100000) == "0xc0100000" and words.address(0x10) == "0x00000010"
    assert words.address(0x8880_04A2_C000) == "0xffff888004a2c000"


def test_a_number_in_place_of_a_name() -> None:
    """Tasks of an imported stream are called by their numbers there; ours would be a second one."""
    assert words.task(4, {4: "task 3"}) == "task 3" and words.task(4, {}) == "task 4"
    assert words.task(4, {4: "task force"}) == "task force (task 4)"
    assert words.nameless("") and words.nameless("task 3") and not words.nameless("task 3a") and not words.unique_name("")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "now"), (59, "now"), (60, "1 min"), (3600, "1 h"), (86400 * 3, "3 d"), (86400 * 70, "10 weeks"), (86400 * 365 * 3, "3 years")],
)
def test_ages(seconds: float, text: str) -> None:
    assert words.age(seconds) == text


def test_no_line_ends_within_a_figure_and_its_unit_or_within_a_time() -> None:
    said = "It grew to 98 MiB until 4 h 37 min 36 s, then 864 MiB/h for 2 d 3 h 12 min, 87 % in 1.5 s and 3 steps"
    shown = words.unbroken(said)
    assert shown.replace("\u00a0", " ").replace("\u2060", "") == said
    wanted = ["98 MiB", "4 h 37 min 36 s,", "864 MiB/\u2060h", "2 d 3 h 12 min,", "87 %", "1.5 s"]
    assert [word.replace("\u00a0", " ") for word in shown.split(" ") if "\u00a0" in word] == wanted
    assert words.unbroken("3 steps, 4 households, 5 days") == "3 steps, 4 households, 5 days"
