"""The dialog that exports a recording: format, view, events or moment, filter and order, as `zoneviz export` takes them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from zoneviz.app.export import export, of_sweeps
from zoneviz.app.heads import stem
from zoneviz.errors import UsageError
from zoneviz.exporters import exporters
from zoneviz.gui.session.jobs import Advance
from zoneviz.playback.kmem_tables import ORDERS
from zoneviz.playback.tables import ALLOCATIONS, EVENTS_OF, VIEWS
from zoneviz.recording.results import is_results

WHOLE = "all events"


class ExportDialog(QDialog):
    """Not modal. `wanted(title, work, say)`: the user has named a file.

    `at`: the moment on show, `chosen`: the selected events; both may be changed. The results of a sweep are exported whole.
    """

    wanted = Signal(str, object, object)

    def __init__(self, parent: QWidget, path: Path, at: int | None = None, chosen: tuple[int, int] | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Export {path.name}")
        self._path, self._sweep = path, is_results(path)
        self.format, self.view, self.sort = QComboBox(self), QComboBox(self), QComboBox(self)
        self.at, self.span, self.where, self.top = (QLineEdit(self) for _ in range(4))
        self.formats = of_sweeps() if self._sweep else exporters()
        self.format.addItems([*self.formats])
        self.sort.addItems([*ORDERS])
        self.at.setText("end" if at is None else str(at))
        self.at.setPlaceholderText("end")
        self.span.setText("" if chosen is None else f"{chosen[0]}:{chosen[1]}")
        self.span.setPlaceholderText(WHOLE)
        self.where.setPlaceholderText("all rows")
        self.top.setPlaceholderText("all")
        self.summary, self.said = QLabel(self), QLabel(self)
        for label, role in ((self.summary, "muted"), (self.said, "danger")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", role)
            label.setWordWrap(True)
        self.said.hide()
        self.rows = QFormLayout()
        self._fields: dict[str, QWidget] = {
            "format": self.format, "view": self.view, "moment": self.at, "events": self.span, "only": self.where, "order": self.sort,
            "rows at most": self.top,
        }  # fmt: skip
        self._explain()
        for name, field in self._fields.items():
            field.setAccessibleName(name)
            self.rows.addRow(name, field)
        save = QPushButton("Save…", self)
        save.setProperty("role", "primary")
        save.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(10)
        layout.addLayout(self.rows)
        layout.addWidget(self.summary)
        layout.addWidget(self.said)
        layout.addLayout(buttons)
        self.setMinimumWidth(460)
        self.format.currentTextChanged.connect(self._format_chosen)
        self.view.currentTextChanged.connect(self._show_fields)
        save.clicked.connect(self.ask)
        self._format_chosen()

    def _explain(self) -> None:
        self.at.setToolTip("An event's number, panic or end")
        self.span.setToolTip("FIRST:LAST, both included; either may be left out")
        self.where.setToolTip("Any of kind=, zone=, task=, thread=, address=, path=, such as zone=threads kind=ZALLOC")
        self.top.setToolTip("The largest rows only")

    def _format_chosen(self) -> None:
        chosen = self.formats[self.format.currentText()]
        self.view.blockSignals(True)
        self.view.clear()
        self.view.addItems([] if self._sweep else [*chosen.views])
        self.view.blockSignals(False)
        self.summary.setText(chosen.summary)
        self._show_fields()

    def _show_fields(self) -> None:
        """Show the options that apply to the format and the view."""
        exporter, view = self.formats[self.format.currentText()], self.view.currentText()
        of_range = VIEWS[view][1] == EVENTS_OF if view else not exporter.moment
        filtered = bool(VIEWS[view][2] if view else exporter.words)
        shown = {
            "view": bool(view), "moment": not of_range, "events": of_range, "only": filtered, "order": view in ALLOCATIONS,
            "rows at most": view in ALLOCATIONS,
        }  # fmt: skip
        for name, there in shown.items():
            self.rows.setRowVisible(self._fields[name], there and not self._sweep)
        self.adjustSize()

    def options(self) -> dict[str, Any]:
        """What `app.export.export` gets of what is shown. Errors: UsageError for an invalid number of rows."""
        shown = {name: self.rows.isRowVisible(field) for name, field in self._fields.items()}
        out: dict[str, Any] = {"view": self.view.currentText() if shown["view"] else None}
        for name, option, field in (("moment", "at", self.at), ("events", "span", self.span), ("only", "where", self.where)):
            out[option] = (field.text().strip() or None) if shown[name] else None
        if shown["order"]:
            text = self.top.text().strip().replace(",", "")
            if text and not (text.isdecimal() and int(text) > 0):
                raise UsageError(f"{self.top.text()!r} is not a number of rows. Use 1 or more, or leave it empty.")
            out |= {"sort": self.sort.currentText(), "top": int(text) if text else None}
        return out

    def ask(self) -> None:
        """Ask for a file, and export."""
        exporter = self.formats[self.format.currentText()]
        try:
            options = self.options()
        except UsageError as error:
            self.said.setText(str(error))
            self.said.show()
            return
        name = "-".join(part for part in (stem(self._path).removesuffix(".zvs"), options["view"] or "") if part) + exporter.suffix
        chosen, _ = QFileDialog.getSaveFileName(self, "Export", str(self._path.with_name(name)))
        if chosen:
            path, to = self._path, exporter.name

            def work(advance: Advance, stopped: Callable[[], bool]) -> dict[str, Any]:
                def progress(done: int, of: int) -> None:
                    advance(done, of)
                    if stopped():  # ends the export, which removes what it wrote
                        raise UsageError("You stopped this export.")

                return {**export(path, to, Path(chosen), force=True, on_progress=progress, **options), "made": chosen}

            self.accept()
            self.wanted.emit(f"Export {path.name}", work, lambda result: [f"Wrote {Path(result['file']).name}."])
