"""Layouts are stored and read back; what is damaged or of another version is ignored."""

import json

import pytest
from PySide6.QtCore import QSettings

from zoneviz.gui.window.layout import LONGEST, MOST, NAMED, VERSION, Layout, Layouts, from_text

SOME = Layout(False, True, ("Zones", "Notes"), ("Events",), b"\x00panels", b"\xffcharts", b"docks")


def test_a_layout_is_read_back() -> None:
    assert from_text(SOME.as_text()) == SOME and from_text(Layout().as_text()) == Layout()


@pytest.mark.parametrize(
    "change",
    [
        {"version": VERSION + 1}, {"views": "Zones"}, {"views": [1]}, {"panels": "no base64!"}, {"panels": 7}, {"sidebar": "yes"},
        {"strange": 1}, {"out": None},
    ],
)  # fmt: skip
def test_another_form_is_ignored(change: dict[str, object]) -> None:
    assert from_text(json.dumps(json.loads(SOME.as_text()) | change)) is None


@pytest.mark.parametrize("text", [None, "", "2", "[]", "{", "null", "[" * 100_000, json.dumps({"version": VERSION})])
def test_nonsense_is_ignored(text: object) -> None:
    assert from_text(text) is None


def test_layouts_have_names(settings: QSettings) -> None:
    layouts = Layouts(settings)
    layouts.save("b / <b>\u202e&", SOME)
    layouts.save("A", Layout())
    assert Layouts(settings).names() == ["A", "b / <b>\u202e&"] and Layouts(settings)["b / <b>\u202e&"] == SOME
    layouts.save("A", SOME)
    layouts.rename("A", "C")
    assert layouts.names() == ["b / <b>\u202e&", "C"] and layouts["C"] == SOME
    layouts.delete("C")
    with pytest.raises(KeyError):
        layouts["C"]
    for number in range(MOST + 5):
        layouts.save(f"{number}" + "x" * 100, SOME)
    assert len(layouts.names()) == MOST and all(len(name) == LONGEST for name in layouts.names())


@pytest.mark.parametrize("text", ["", "[1]", '{"a": 5}', '{"": "x"}', "nonsense"])
def test_damaged_settings_have_no_layouts(settings: QSettings, text: str) -> None:
    settings.setValue(NAMED, text)
    layouts = Layouts(settings)
    assert layouts.names() == []
    layouts.save("new", SOME)
    assert layouts.names() == ["new"]
