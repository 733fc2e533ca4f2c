"""Pictures for a report have no controls."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication

from zoneviz.app.pictures import Shot
from zoneviz.gui.kit.choice import Choice
from zoneviz.gui.pictures.shots import stage, without_controls


@pytest.mark.parametrize("view", ["timeline", "zone-heatmap", "zone-map-pages"])
def test_buttons_are_left_out_and_choices_are_words(qapp: QApplication, recorded: Path, tmp_path: Path, view: str) -> None:
    with stage(Shot(recorded, tmp_path / "a.png", view, plain=True)) as shown:
        before = [button for button in shown.widget.findChildren(QAbstractButton) if button.isVisible()]
        assert any(isinstance(button, Choice) and button.text().endswith("▾") for button in before)
        without_controls(shown.widget)
        left = [button for button in shown.widget.findChildren(QAbstractButton) if button.isVisible()]
        assert left and all(isinstance(button, Choice) and not button.text().endswith("▾") for button in left)
