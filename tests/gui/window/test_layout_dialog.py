"""The dialog of layouts: save, use, rename, delete, each by a button that says what it does."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from zoneviz.gui.window.layout_dialog import LayoutDialog
from zoneviz.gui.window.main_window import MainWindow


@pytest.fixture
def dialog(opened: MainWindow, qapp: QApplication) -> Iterator[LayoutDialog]:
    opened.actions_["layouts"].trigger()
    [found] = [w for w in qapp.topLevelWidgets() if isinstance(w, LayoutDialog) and w.isVisible()]
    assert not found.isModal() and not found.save.isEnabled() and "No layouts yet" in found.says.text()
    yield found


def listed(dialog: LayoutDialog) -> list[str]:
    return [dialog.list.item(row).text() for row in range(dialog.list.count())]


def test_a_layout_is_saved_used_renamed_and_deleted(dialog: LayoutDialog, opened: MainWindow) -> None:
    opened.arrangement.move_view("Zones", "left")
    QTest.keyClicks(dialog.field, "zones left")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert listed(dialog) == ["zones left"] and dialog.isVisible()
    opened.actions_["reset"].trigger()
    dialog.use.click()
    assert opened.places.docks.out == ["Zones"]
    assert dialog.save.text() == "Replace it by the present layout" and not dialog.rename.isEnabled()
    opened.arrangement.move_view("Events", "window")
    dialog.save.click()
    assert opened.arrangement.named["zones left"].out == ("Zones", "Events")
    dialog.field.setText("both")
    assert dialog.save.text() == "Save the present layout"
    dialog.rename.click()
    assert listed(dialog) == ["both"] == opened.arrangement.named.names()
    dialog.delete.click()
    assert listed(dialog) == [] and "Deleted" in dialog.says.text() and not dialog.use.isEnabled()
    QTest.keyClick(dialog.field, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
