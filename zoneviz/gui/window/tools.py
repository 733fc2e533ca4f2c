"""What the window does with a recording as the command line does: export, pack, unpack, verify, repair."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from zoneviz import words
from zoneviz.app.heads import stem
from zoneviz.app.parts import pack, repair, unpack
from zoneviz.app.verify import verify
from zoneviz.gui.session.jobs import Advance
from zoneviz.gui.window.exporting import ExportDialog
from zoneviz.gui.window.working import Work, Working

Stopped = Callable[[], bool]


class Tools(QObject):
    """Each asks for a file where one is written, works in a thread, and reports in a dialog. `opened(path)`: a new recording to show."""

    opened = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: Working | ExportDialog | None = None
        self.acts: dict[str, Callable[[Path], None]] = {
            "export": self.export, "pack": self.pack, "unpack": self.unpack, "verify": self.verify, "repair": self.repair,
        }  # fmt: skip
        """By the name of the verb on the command line."""

    def act(self, name: str, path: Path) -> None:
        """Do one of `acts` with the recording at `path`."""
        self.acts[name](path)

    def export(self, path: Path, at: int | None = None, chosen: tuple[int, int] | None = None) -> None:
        """Ask for a format and its options. `at`: the moment on show; `chosen`: the selected events."""
        dialog = ExportDialog(self._window, path, at, chosen)
        dialog.wanted.connect(self._begin)
        self.dialog = dialog
        dialog.show()

    def pack(self, path: Path) -> None:
        """Compress a recording for sending."""

        def to(out: Path) -> Work:
            return lambda _, stopped: pack(path, out, force=True, should_stop=stopped)

        self._write("Pack the recording", path, f"{stem(path)}.zvz.zst", to, _sizes)

    def unpack(self, path: Path) -> None:
        """Write a packed recording as a plain file."""

        def to(out: Path) -> Work:
            return lambda _, stopped: unpack(path, out, force=True, should_stop=stopped)

        self._write("Unpack the recording", path, f"{stem(path)}.zvz", to, _sizes)

    def repair(self, path: Path) -> None:
        """Save what is readable of a damaged recording."""

        def to(out: Path) -> Work:
            return lambda advance, stopped: repair(
                path, out, force=True, on_progress=lambda events: advance(events, 0), should_stop=stopped
            )

        self._write("Repair the recording", path, f"{stem(path)}-repaired.zvz", to, _saved)

    def verify(self, path: Path) -> None:
        """Check a recording, and whether running it again gives the same events."""

        def work(advance: Advance, stopped: Stopped) -> dict[str, Any]:
            return verify(path, on_progress=lambda events: advance(events, 0), should_stop=stopped)

        self._begin(f"Verify {path.name}", work, _verified)

    def _write(
        self, title: str, path: Path, name: str, to: Callable[[Path], Work], say: Callable[[dict[str, Any]], list[str]]
    ) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self._window, title, str(path.with_name(name)))
        if chosen:
            made = to(Path(chosen))
            self._begin(title, lambda advance, stopped: {**made(advance, stopped), "made": chosen}, say)

    def _begin(self, title: str, work: Work, say: Callable[[dict[str, Any]], list[str]]) -> None:
        self.dialog = Working(self._window, title, work, say)
        self.dialog.opened.connect(self.opened)
        self.dialog.show()


def _sizes(result: dict[str, Any]) -> list[str]:
    return [f"Wrote {Path(result['file']).name}: {words.size(result['size'])}, was {words.size(result['packed_size'])}."]


def _saved(result: dict[str, Any]) -> list[str]:
    recorded = result["recorded_events"]
    of = "" if recorded is None else f" of {words.number(recorded)}"
    return [f"Saved {words.number(result['events'])} events{of} in {Path(result['file']).name}.", *result["lost"]]


def _verified(found: dict[str, Any]) -> list[str]:
    """What `zoneviz verify` says, in sentences."""
    said = [f"Invalid: {problem}" for problem in found["problems"]]
    if found["sound"]:
        said.append(f"Valid: {words.number(found['events'])} events.")
    if found["divergence"] is not None:
        said.append(f"Run again, it differs from event {words.number(found['divergence']['event'])}: {found['divergence']['why']}.")
    elif found["reproduced"]:
        said.append("Run again, it gave the same events.")
    else:
        said.append(f"It was not run again: {found['note']}.")
    return said
