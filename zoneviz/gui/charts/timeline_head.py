"""The line above the timeline: what the bands show, by what, and which lines and lanes are drawn."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from zoneviz import words
from zoneviz.gui.charts.bandsource import BY, BYTES, FAMILIES, GROWTH, MEASURES, ZONES
from zoneviz.gui.charts.timelanes import sampled
from zoneviz.gui.kit.choice import Choice
from zoneviz.gui.kit.toggle import Toggle
from zoneviz.gui.session.holder_feed import SERVERS, TASKS
from zoneviz.gui.session.session import Session
from zoneviz.playback.shown import lacking
from zoneviz.playback.zone_families import have_families
from zoneviz.recording.header import LIVE

MEANING = (
    "<qt>By zone: each band is the memory of one zone (cur_size). Zones take it first from the 432 KiB reserved at boot, then from "
    "the zone map; the dashed line is the sum of both. The kernel panics when the zone map is full: at that line, or below it if "
    "kalloc.4096 and kalloc.8192 are large, because they use none of the boot memory.<br><br>The other lines are the other limits, "
    "each on its own scale: 0 % is the use at the end of boot; at the dashed line, 100 %, nothing is left.</qt>"
)
MEANING_LIVE = (
    "<qt>Each band is the memory of one of them, including free elements. Readings set the figures, and events count on from them. "
    "Red: the kernel's buffer was full and events were lost. After that, what events count is at least as much as shown, until the "
    "next reading.</qt>"
)
MEANING_READINGS = (
    "<qt>Each band is the memory of one of them, including free elements. A dot is a reading; between two readings the line is only "
    "drawn. Nothing is drawn where no reading was taken for three times the usual distance. The dashed line is the limit of all "
    "together, if the system reports one.</qt>"
)
LANES = "Processes, threads and ports of servers, messages, failures"
EXPLAINED = 166
"""Width of the line, in characters, from which the explanations fit."""


class TimelineHead(QWidget):
    """The choices, their heading and the toggles. `toggled`: lines or lanes were shown or hidden."""

    toggled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._said: list[tuple[str, str]] = []
        self._colours = "", ""
        self.plain = False
        """Whether to leave out the hint about mouse and keys, as in pictures."""
        self.measure = Choice("what the bands show", tuple(MEASURES), BYTES, MEASURES, self)
        self.measure.setProperty("role", "title")
        self.measure.setProperty("strong", True)
        self.measure.offer({BYTES: "Bytes", GROWTH: "Growth"})
        self.heading = QLabel("by", self)  # the choices beside it complete the heading
        self.heading.setProperty("role", "muted")
        self.heading.setToolTip(MEANING)
        self.by = Choice("bands by", tuple(BY), ZONES, BY, self)
        self.by.setProperty("role", "title")
        self.said = QLabel(self)
        self.said.setTextFormat(Qt.TextFormat.RichText)
        self.said.setToolTip(MEANING)
        self.said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.with_limits = self._toggle(
            "limits", "lines of the other limits", "kernel_map, physical pages and caps of zones, each by its own scale"
        )
        self.with_forecast = self._toggle(
            "forecast", "when the zone map is full", "from the moment on: where the use leads at its present rate, with its range"
        )
        self.with_lanes = self._toggle("lanes", "lanes below the timeline", LANES)
        self.hint = QLabel("drag: move cursor · W/S: zoom · A/D: pan · F: fit", self)
        self.hint.setProperty("role", "muted")
        self.hint.setMinimumWidth(1)  # it is hidden where there is too little room for it
        line = self._line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        for widget in (self.measure, self.heading, self.by, self.said, self.hint, self.with_limits, self.with_forecast, self.with_lanes):
            line.addWidget(widget, 1 if widget is self.said else 0)

    def _toggle(self, words_: str, name: str, meaning: str) -> QPushButton:
        button = Toggle(words_, self)
        button.setChecked(True)
        button.setAccessibleName(name)
        button.setToolTip(meaning)
        button.toggled.connect(lambda _: self.toggled.emit())
        return button

    def show_recording(self, session: Session, growing: bool) -> None:
        """Offer what the recording has. `growing`: the bands show growth, which has no limit."""
        header = session.header
        tasks = not lacking(header, ("tasks", "threads"))
        families = have_families(session.series.zone_names)
        self.by.offer(
            {ZONES: words.one_line(header.zone_noun, 40)}
            | ({FAMILIES: FAMILIES} if families else {})
            | ({TASKS: TASKS, SERVERS: SERVERS} if tasks else {})
        )
        self.with_lanes.setVisible(tasks)
        self.with_limits.setVisible(not growing)
        self.with_forecast.setVisible(session.series.ceiling > 0 and not growing)
        for label in (self.heading, self.said):
            label.setToolTip(MEANING_READINGS if header.of_readings else MEANING_LIVE if header.kind == LIVE else MEANING)

    def say(self, session: Session, growing: bool, reading: str, limits: bool) -> None:
        """Name axis and limit in as many words as fit. `reading`: what else is said of the bands; `limits`: there are other limits."""
        counted = session.series.counted
        unit = f"{counted}s" if counted else session.header.clock
        least_whole = "limit of all" if session.header.of_readings else "all zone memory"
        whole = least_whole + (", 100 % of each limit" if self.with_limits.isChecked() and limits else "")
        least, axis = reading.lstrip(" ·"), f"over {unit}{reading}"
        pairs = ((f"stacked, {axis}", whole), (axis, whole), (least, whole), (least, least_whole), ("", least_whole), ("", ""))
        limited = session.series.zone_memory > 0 and not growing
        self._said = [(over, ceiling if limited else "") for over, ceiling in pairs]
        self._colours = session.theme.muted, session.theme.danger
        self._fit()

    def _fit(self) -> None:
        """Say as much as fits beside the controls: a shorter text, rather than one that is cut."""
        self.hint.setVisible(self._explains() and not self.plain)
        # Size hints, not present widths: the buttons' texts may just have changed.
        line = (self.measure, self.heading, self.by, self.hint, self.with_limits, self.with_forecast, self.with_lanes)
        room = self.width() - sum(w.sizeHint().width() + 4 for w in line if not w.isHidden())
        over, ceiling = next((said for said in self._said if self._wide(*said) <= room), ("", ""))
        muted, danger = (f"<span style='color:{colour}'>" for colour in self._colours)
        text = f"{muted}{over} &nbsp;</span>" + (f"{danger} - -</span> {muted}{ceiling}</span>" if ceiling else "")
        if text != self.said.text():
            self.said.setText(text)
        self._line.activate()  # before the next painting

    def _wide(self, over: str, ceiling: str) -> int:
        return self.said.fontMetrics().horizontalAdvance(f"{over}   - - {ceiling} " if ceiling else f"{over}  ")

    def event(self, event: QEvent) -> bool:
        """Fit the words at once to another width of this line or of a control: the next drawing may be late, as while a recording loads."""
        handled = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and self._said:
            self._fit()
        return handled

    def _explains(self) -> bool:
        return self.width() >= EXPLAINED * self.fontMetrics().averageCharWidth()

    def say_sampled(self, step: int) -> None:
        """Say that lanes are sampled every `step` events: in the tool tip and, where it fits, on the button. 1: they are complete."""
        note = sampled(step)
        self.with_lanes.setText("sampled lanes" if note and self._explains() else "lanes")
        self.with_lanes.setToolTip(f"{LANES}. Drawn from samples: {note}. The figures at the moment are exact." if note else LANES)
