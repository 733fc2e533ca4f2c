"""Objects of libxo's JSON are rows; those that are cut are named."""

import pytest

from zoneviz.captures.capture import Capture
from zoneviz.captures.files import pasted
from zoneviz.captures.libxo import counts, lists


@pytest.mark.parametrize("end", ['{"name": "b", "size"', '{"name": "b", "size": 2', '{"name": "b'])
def test_a_cut_object_is_named(end: str) -> None:
    capture = Capture("x", "file")
    (table,) = lists(pasted('{"list":[\n{"name": "a", "size": 1},\n' + end), '"list"', capture, dict)
    assert [(row.name, row.values, row.line) for row in table.rows] == [("a", {"size": 1}, 2)]
    assert table.skipped == 1 and [skips.first for skips in capture.skipped.values()] == [[3]]


def test_an_object_without_figures_is_named_and_a_list_of_such_objects_left_out() -> None:
    capture = Capture("x", "file")
    text = '{"list": [{"name": "a", "size": "much"},\n{"name": "b", "size": 2}]}\n{"list": [{"name": "a", "size": null}]}\n'
    (table,) = lists(pasted(text), '"list"', capture, lambda row: row["size"] if counts([row["size"]]) else None)
    assert [(row.name, row.values, row.line) for row in table.rows] == [("b", 2, 2)]
    assert table.skipped == 1 and [skips.first for skips in capture.skipped.values()] == [[1, 3]]


def test_each_document_has_the_date_before_it() -> None:
    text = '2020-01-01 00:00:00 UTC\n{"list": [{"name": "a"}]}\n2020-01-01 00:01:00 UTC\n{"list": [{"name": "a"}]}\n'
    tables = list(lists(pasted(text), '"list"', Capture("x", "file"), dict))
    assert [str(table.when.stamp) for table in tables] == ["2020-01-01 00:00:00 UTC", "2020-01-01 00:01:00 UTC"]
