"""The form for a recording of this machine: what, of which caches and processes, and until when."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QCompleter, QLabel, QWidget

from zoneviz.app.live_spec import BUFFER, LIMIT, SHORTEST, LiveSpec
from zoneviz.gui.kit.choice import Choice
from zoneviz.gui.window.forms import Editor, Field, SettingsForm, editor, hint
from zoneviz.settings import Group, Setting
from zoneviz.sources.able import Refused, refused
from zoneviz.sources.processes import processes

READINGS, EVENTS, STACKS = "readings", "every allocation", "with call stacks"
WHAT = {
    READINGS: "elements and bytes of each cache, again and again: costs next to nothing",
    EVENTS: "each allocation and free too, with its process and call site",
    STACKS: "each allocation with its whole call stack: about ten times the volume",
}
_RECORD = Group("Recording", "What is recorded of the kernel, and how often")
_FILTERS = Group("Allocations", "Which allocations are recorded. Readings always have all caches")
_END = Group("End", "What ends the recording")
_ALERTS = Group("Alerts", "When the window tells you, and the desktop", folded=True)
_BUFFER = Group("Buffer", "The kernel's memory for events", folded=True)
_ROWS = (
    Setting("record", "choice", READINGS, "What is recorded.", choices=tuple(WHAT), notes=tuple(WHAT.values()), group=_RECORD),
    Setting("every", "time", 1.0, "Time between two readings of all caches.", low=SHORTEST, high=86400.0, group=_RECORD),
    Setting("caches", "text", "", "Names of caches, with * for any letters: dentry, kmalloc-*", zero="all", group=_FILTERS),
    Setting("process", "text", "", "The id of a process, or a command. Type to choose a running one.", zero="all", group=_FILTERS),
    Setting("cgroup", "text", "", "Processes of this control group: a folder below /sys/fs/cgroup.", zero="all", group=_FILTERS),
    Setting("min_size", "size", 0, "Smallest allocation in bytes.", zero="any", group=_FILTERS),
    Setting("until", "time", 0.0, "Length of the recording.", high=10 * 365 * 86400.0, zero="you stop it", group=_END),
    Setting("keep", "time", 0.0, "The last time of which everything is kept: older events are dropped, older readings thinned.",
            high=10 * 365 * 86400.0, zero="everything", group=_END),
    Setting("file_size", "size", None, "Largest file; auto: 2 GiB, or a quarter of the free disk.", low=1 << 20, group=_END),
    Setting("alert when", "text", "", "Conditions, such as kmalloc-64 > 1G; several with ; between them.", zero="never",
            group=_ALERTS),
    Setting("alert before", "time", 0.0, "How long before a limit is reached, at its present growth.", high=365 * 86400.0, zero="never",
            group=_ALERTS),
    Setting("buffer", "size", BUFFER, "Memory for each processor: it holds what is not yet read.", low=1 << 16, high=LIMIT, group=_BUFFER),
)  # fmt: skip
SETTINGS = {setting.name: setting for setting in _ROWS}
OF_EVENTS = ("caches", "process", "cgroup", "min_size", "buffer")
"""Settings of allocations alone."""
ONLY_EVENTS = "This concerns allocations: to use it, record more than readings."


class ProcessField(Field):
    """A process id or a command, completed from the processes that run. `listed`: (pid, command) of them, newest first."""

    def __init__(self, setting: Setting, listed: Callable[[], list[tuple[int, str]]], parent: QWidget) -> None:
        super().__init__(setting, "", parent)
        self._listed = listed
        self._model = QStringListModel(self)
        completer = QCompleter(self._model, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """List the processes that run now."""
        super().focusInEvent(event)
        self._model.setStringList([f"{pid} {command}" for pid, command in self._listed()])

    def process(self) -> tuple[int | None, str]:
        """(pid, command): at most one of them. A completed text has both; the pid counts."""
        first = self.value().partition(" ")[0]
        return (int(first), "") if first.isdecimal() and int(first) else (None, self.value())


class LiveForm(SettingsForm):
    """What to record of this machine. `problem`: an invalid value, or why nothing can be recorded at all.

    `refused`: what cannot be recorded; `ask` asks it. `listed`: (pid, command) of what runs.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.refused: Callable[[], Refused] = refused
        self.listed: Callable[[], list[tuple[int, str]]] = processes
        self._refused = Refused()
        self.reset()

    def reset(self) -> None:
        """Rebuild the form with its default values."""
        self._clear()
        self.note = QLabel(self)
        self.note.setProperty("role", "muted")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.record = Choice("record", tuple(WHAT), READINGS, WHAT, self)
        self.process = ProcessField(SETTINGS["process"], lambda: self.listed(), self)
        own: dict[str, Editor] = {"record": self.record, "process": self.process}
        for name, setting in SETTINGS.items():
            self._add(setting, own.get(name) or editor(setting, setting.default, self))
            if name == "record":
                self._grid.addWidget(self.note, self._grid.rowCount(), 0)
        self._offer()

    def _offer(self) -> None:
        """Offer what can be recorded."""
        self.record.offer({word: word for word in WHAT if word == READINGS or not self._refused.events})
        # Why nothing can be recorded is the form's problem.
        said = [] if self._refused.readings else [self._refused.caches, self._refused.events]
        self.note.setText("\n".join(sentence for sentence in said if sentence))
        self.note.setVisible(bool(self.note.text()))
        self._show_able()
        self.changed.emit()

    def ask(self) -> None:
        """Ask what can be recorded."""
        self._refused = self.refused()
        self._offer()

    def _edited(self, name: str) -> None:
        super()._edited(name)
        self._show_able()

    def _show_able(self) -> None:
        """Enable the settings of allocations if allocations are recorded."""
        events = self.record.value() != READINGS
        for name in OF_EVENTS:
            for widget in (self.labels[name], self.editors[name]):
                widget.setEnabled(events)
            self.labels[name].setToolTip(hint(SETTINGS[name]) if events else ONLY_EVENTS)

    @property
    def problem(self) -> str:
        """Why nothing can be recorded, or what is wrong with the first invalid value; or an empty string."""
        return self._refused.readings or super().problem

    def spec(self) -> LiveSpec:
        """What to record. Only meaningful while there is no problem."""
        spec = LiveSpec(
            every=self._number("every"),
            seconds=self._number("until") or None,
            keep=self._number("keep") or None,
            limit=int(self._number("file_size")) or None,
            alerts=self._listed_in("alert when", ";"),
            alert_before=self._number("alert before"),
        )
        if self.record.value() == READINGS:
            return spec
        pid, command = self.process.process()
        return replace(
            spec,
            events=True,
            stacks=self.record.value() == STACKS,
            only=self._listed_in("caches", ","),
            min_size=int(self._number("min_size")),
            pid=pid,
            command=command,
            cgroup=self.editors["cgroup"].value(),
            buffer=int(self._number("buffer")),
        )

    def _number(self, name: str) -> float:
        """A time in seconds or a size in bytes; 0 for an optional one that is not set."""
        value = SETTINGS[name].parse(self.editors[name].value())
        return value if isinstance(value, int | float) else 0.0

    def _listed_in(self, name: str, between: str) -> tuple[str, ...]:
        return tuple(text.strip() for text in self.editors[name].value().split(between) if text.strip())
