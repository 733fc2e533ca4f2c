"""Pictures of every view in both themes, and of the window with each tab: `screenshots.py RECORDING FOLDER`."""

import os
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QSettings

from zoneviz.app.pictures import THEMES, Shot
from zoneviz.gui.pictures.shots import NAMES, shoot, slug
from zoneviz.gui.session import jobs
from zoneviz.gui.window.main import application, close_all
from zoneviz.gui.window.main_window import MainWindow

SIZE = (1600, 1000)


def tabs(recording: Path, folder: Path, theme: str) -> None:
    """Save the window once with each tab."""
    app = application()
    with tempfile.TemporaryDirectory() as own:
        settings = QSettings(str(Path(own) / "settings.ini"), QSettings.Format.IniFormat)
        settings.setValue("theme", theme)
        window = MainWindow(settings)
        try:
            window.resize(*SIZE)
            window.show()
            window.reset_layout()
            window.open_path(recording)
            for view in window.deck.views:
                window.deck.show_only(view.title)
                for _ in range(4):
                    app.processEvents()
                    jobs.wait_all()
                    window.session.land()
                    window.session.frames.flush()
                app.processEvents()
                window.grab().save(str(folder / f"tab-{slug(view.title)}-{theme}.png"))
        finally:
            window.close()
            close_all(app)


def main(recording: Path, folder: Path) -> None:
    """Save all pictures."""
    for theme in THEMES:
        for name in NAMES:
            shoot(Shot(recording, folder / f"{name}-{theme}.png", view=name, theme=theme, force=True))
        tabs(recording, folder, theme)


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
