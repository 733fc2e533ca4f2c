"""Nothing is cut off or overlaps, at any scale of the screen and any text size."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.painted import cut, met, painted
from tests.gui.whole.fitting import overlapping
from zoneviz.gui.views import views
from zoneviz.gui.views.compare import SHOWN

FOLDER = Path(__file__).parents[3] / "recordings"
GOLDEN = [str(FOLDER / f"{name}.zvz.zst") for name in ("fork-bomb", "linux-sockets", "real-messages")]
"""A simulated run, readings of Linux, and a real kernel of 2007."""
DIALOGS = 8


@pytest.mark.parametrize(("scale", "text_size"), [("1", "100 %"), ("1.5", "100 %"), ("2", "100 %"), ("1", "130 %")])
def test_everything_fits(tmp_path: Path, scale: str, text_size: str) -> None:
    """One process each: Qt reads the scale when it starts. Other recordings are looked at in two sizes, without a scale."""
    recordings = GOLDEN if (scale, text_size) == ("1", "100 %") else GOLDEN[:2] if scale == "1" else GOLDEN[:1]
    command = [sys.executable, "-m", "tests.gui.whole.fitting", text_size, str(tmp_path), *recordings]
    environment = os.environ | {"QT_SCALE_FACTOR": scale}
    done = subprocess.run(command, cwd=FOLDER.parent, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    parts = [f"{len(SHOWN)} parts of a comparison"] if text_size == "100 %" else []
    sizes = 1 if scale != "1" else 3 + 2 * (len(recordings) - 1)
    looked = [*[f"{len(views())} views"] * sizes, *parts, f"{DIALOGS} dialogs"]
    assert done.stdout.splitlines() == [f"looked at {what}" for what in looked]


def test_misfits_are_found(qapp: QApplication, qtbot: QtBot) -> None:
    """Finds cut texts, overlapping texts and overlapping widgets, and nothing else."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(300, 200)
    whole, over, half = (QLabel(words, window) for words in ("whole", "over it", "cut by the edge"))
    for label, place in ((whole, (10, 10)), (over, (20, 12)), (half, (280, 100))):
        label.adjustSize()
        label.move(*place)
    window.show()
    qapp.processEvents()
    found = painted(window)
    assert {one.words for one in found} == {"whole", "over it", "cut by the edge"}
    assert [words for words in cut(found) if "cut by the edge" in words] == cut(found) != []
    assert len(met(found)) == 1 and "'whole'" in met(found)[0] and "'over it'" in met(found)[0]
    over.move(10, 60)
    half.move(10, 100)
    assert cut(painted(window)) == met(painted(window)) == []
    line = QVBoxLayout(window)
    line.addWidget(whole)
    line.addWidget(over)
    qapp.processEvents()
    assert overlapping(window) == []
    over.setGeometry(whole.geometry())
    assert len(overlapping(window)) == 1
