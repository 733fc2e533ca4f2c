"""Objects of libxo's JSON are rows; those that are cut are named."""

import pytest

from zoneviz.captures.capture import Capture
from zoneviz.captures.files import pasted
from zoneviz.captures.libxo import lists


@pytest.mark.parametrize("end", ['{"name": "b", "size"', '{"name": "b", "size": 2', '{"name": "b'])
def test_a_cut_object_is_named(end: str) -> None:
    capture = Capture("x", "file")
    (table,) = lists(pasted('{"list":[\n{"name": "a", "size": 1},\n' + end), '"list"', capture)
    assert [(row.name, row.values, row.line) for row in table.rows] == [("a", {"size": 1}, 2)]
    assert table.skipped == 1 and [skips.first for skips in capture.skipped.values()] == [[3]]


def test_each_document_has_the_date_before_it() -> None:
    text = '2020-01-01 00:00:00 UTC\n{"list": [{"name": "a"}]}\n2020-01-01 00:01:00 UTC\n{"list": [{"name": "a"}]}\n'
    tables = list(lists(pasted(text), '"list"', Capture("x", "file")))
    assert [str(table.when.stamp) for table in tables] == ["2020-01-01 00:00:00 UTC", "2020-01-01 00:01:00 UTC"]
