"""Releases of FreeBSD in texts, and counts that show a boot."""

from zoneviz.captures.capture import ZoneRow
from zoneviz.captures.freebsd import counters, system


def test_the_release_comes_without_the_host() -> None:
    assert system("FreeBSD host.example 12.1-RELEASE-p3 FreeBSD 12.1-RELEASE-p3 GENERIC  amd64") == "FreeBSD 12.1-RELEASE-p3"
    assert system("I use FreeBSD at home") == ""


def test_counters_are_the_known_requests_of_the_busiest() -> None:
    rows = [ZoneRow(f"z{number}", allocs=number) for number in range(20)] + [ZoneRow("unknown")]
    assert counters(rows) == {f"z{number}": number for number in range(12, 20)}
