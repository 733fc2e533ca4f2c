"""Settings apply at once, are stored, and can be reset."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QWidget

from tests.gui.conftest import Settle
from zoneviz import words
from zoneviz.gui.kit import colours, theme
from zoneviz.gui.views.heatmap import HeatmapView
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.preferences import PREFERENCES, Preferences, PreferencesDialog


@pytest.fixture(autouse=True)
def as_before(qapp: QApplication) -> Iterator[None]:
    yield
    colours.choose_map("cividis")
    words.choose_units("KiB, MiB")
    theme.apply(qapp, theme.LIGHT, 1.0)


@pytest.fixture
def dialog(window: MainWindow, recorded: Path, settle: Settle, qapp: QApplication) -> Iterator[PreferencesDialog]:
    assert window.open_path(recorded)
    settle(window.session)
    window.actions_["settings"].trigger()
    [found] = [w for w in qapp.topLevelWidgets() if isinstance(w, PreferencesDialog) and w.isVisible()]
    assert not found.isModal()
    yield found


def test_each_applies_at_once_and_is_stored(dialog: PreferencesDialog, window: MainWindow, settle: Settle, settings: QSettings) -> None:
    window.deck.show_only("Zone heatmap", "Zones")
    settle(window.session)
    cells, label = window.deck.of(HeatmapView).cells, window.transport.event_label
    before = label.fontMetrics().height()
    dialog.choices["theme"].set_value("dark")
    dialog.choices["text_size"].set_value("130 %")
    dialog.choices["colour_map"].set_value("viridis")
    dialog.choices["units"].set_value("bytes")
    dialog.choices["follow"].set_value("not followed")
    settle(window.session)
    assert window.session.theme.dark and window.actions_["theme dark"].isChecked()
    assert label.fontMetrics().height() > before * 1.2
    assert cells.image.colorTable()[255] & 0xFFFFFF == 0xFDE725
    assert window.timeline.readout.rows and words.size_cell(5000) == "5,000 B"
    assert not window.session.follow_new
    assert {p.name: Preferences(settings)[p.name] for p in PREFERENCES} == {
        "theme": "dark", "text_size": "130 %", "colour_map": "viridis", "follow": "not followed", "units": "bytes",
    }  # fmt: skip
    dialog.reset.click()
    settle(window.session)
    assert {p.name: window.preferences[p.name] for p in PREFERENCES} == {p.name: p.choices[0] for p in PREFERENCES}
    assert abs(label.fontMetrics().height() - before) <= 1
    assert all(choice.value() == window.preferences[name] for name, choice in dialog.choices.items())


def test_all_texts_follow_the_text_size(dialog: PreferencesDialog, window: MainWindow) -> None:
    def sizes() -> dict[QWidget, tuple[float, int]]:
        return {w: (w.font().pointSizeF(), w.font().weight()) for w in window.findChildren(QWidget) if w.isVisibleTo(window)}

    before = sizes()
    dialog.choices["text_size"].set_value("130 %")
    after = sizes()
    same = [w for w in before if w in after]
    assert len(same) > 80
    for widget in same:
        assert after[widget][0] == pytest.approx(1.3 * before[widget][0], rel=0.01), type(widget).__name__
        assert after[widget][1] == before[widget][1]
    dialog.choices["text_size"].set_value("100 %")
    back = sizes()
    for widget in set(same) & set(back):
        assert back[widget][0] == pytest.approx(before[widget][0], rel=0.01) and back[widget][1] == before[widget][1]


def test_an_invalid_stored_value_counts_as_the_default(settings: QSettings) -> None:
    for preference in PREFERENCES:
        settings.setValue(preference.name, "<b>nonsense</b>")
    assert all(Preferences(settings)[p.name] == p.choices[0] for p in PREFERENCES)


@pytest.mark.parametrize("value", [0, 1, 999, 1000, 1024, 1 << 20, 123456789, -5000])
@pytest.mark.parametrize("units", words.UNITS)
def test_sizes_can_be_read_back(value: int, units: str) -> None:
    words.choose_units(units)
    factors = {name: factor for name, factor in (*words.UNITS[units], ("B", 1))}
    for said in (words.size_cell(value), words.size(value)):
        number, unit = said.replace(",", "").split(" ")
        assert abs(float(number) * factors[unit] - value) <= max(factors[unit] / 200, value / 200)


def test_the_layout_can_be_reset(dialog: PreferencesDialog, window: MainWindow) -> None:
    window.deck.show_only("Notes")
    window.sidebar.hide()
    dialog.layout_.click()
    assert window.sidebar.isVisible() and "Zone heatmap" in window.deck.shown()
