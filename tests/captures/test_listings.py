"""Figures of listings, as `import --json` prints them."""

from zoneviz.captures import listings
from zoneviz.captures.capture import Capture, ZoneRow


def test_the_top_is_by_bytes_and_stable() -> None:
    rows = [ZoneRow(name, 8, 1, cur_size=size) for name, size in zip("abcdefg", (1, 9, 5, 5, 5, 5, 7), strict=True)]
    said = listings.figures(rows, ({"objs": 2} for _ in rows), skipped=3)
    assert (said["zones"], said["total_bytes"], said["skipped_rows"]) == (7, 37, 3)
    assert [row["name"] for row in said["top"]] == list("bgcde")
    assert said["top"][0] == {"name": "b", "bytes": 9, "in_use": 1, "elem_size": 8, "objs": 2}


def test_without_sizes_there_is_no_total() -> None:
    said = listings.figures([ZoneRow("a", in_use=1), ZoneRow("b", in_use=2)], ({}, {}))
    assert "total_bytes" not in said and [(row["name"], row["bytes"]) for row in said["top"]] == [("b", None), ("a", None)]


def test_several_listings_are_snapshots() -> None:
    capture = Capture("test-listing", "a")
    one = listings.figures([], ())
    listings.say(capture, [one | {"skipped_rows": 1}, one])
    assert len(capture.said["snapshots"]) == 2 and capture.said["skipped_rows"] == 1


def test_one_listing_shows_no_growth_and_none_says_nothing() -> None:
    one = listings.figures([], ())
    ends = []
    for count in range(3):
        capture = Capture("test-listing", "a")
        listings.conclude(capture, [one] * count)
        ends.append((capture.cannot_show, sorted(capture.said)))
    no_growth = [listings.NO_GROWTH]
    assert ends == [([], []), (no_growth, ["skipped_rows", "top", "trust", "zones"]), ([], ["skipped_rows", "snapshots", "trust"])]
