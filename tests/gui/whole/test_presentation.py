"""Full screen, and presentation size for talks."""

from PySide6.QtCore import QSettings

from tests.gui.conftest import Settle
from zoneviz.gui.kit.strokes import thick
from zoneviz.gui.window.main_window import MainWindow


def test_full_screen_and_back(viewed: MainWindow, settle: Settle) -> None:
    action = viewed.actions_["full_screen"]
    before = viewed.size()
    action.trigger()
    settle(viewed.session)
    assert viewed.isFullScreen() and action.isChecked() and action.shortcut().toString() == "F11"
    action.trigger()
    settle(viewed.session)
    assert not viewed.isFullScreen() and not action.isChecked() and viewed.size() == before


def test_presentation_size_is_larger_and_not_remembered(opened: MainWindow, settings: QSettings, settle: Settle) -> None:
    action, chart = opened.actions_["present"], opened.timeline.chart
    sizes: dict[bool, list[tuple[float, float, float]]] = {}
    stored = settings.value("text_size")
    for _ in range(3):
        settle(opened.session)
        label, pen = opened.transport.event_label, chart.moment_line.pen
        sizes.setdefault(action.isChecked(), []).append((label.font().pointSizeF(), pen.widthF(), chart.font().pointSizeF()))
        action.trigger()
    settle(opened.session)
    normal, large = sizes[False][0], sizes[True][0]
    assert all(big > 1.3 * small for small, big in zip(normal, large, strict=True)), (normal, large)
    assert sizes[False][0] == sizes[False][1], "everything returns to its size"
    assert settings.value("text_size") == stored
    opened.preferences.present(False)
    assert thick(2.0) == 2.0
