"""The light and the dark theme: colours, and the style sheet made from them."""

import re
from dataclasses import dataclass
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

THEMES = ("system", "light", "dark")
BODY = 9.0
"""The system's text size in points for which the sizes of the style sheet are written."""


@dataclass(frozen=True, slots=True)
class Theme:
    """All colours of the window except those of zones, tasks and amounts."""

    dark: bool
    ground: str
    panel: str
    raised: str
    line: str
    edge: str
    grid: str
    text: str
    strong: str
    muted: str
    accent: str
    on_accent: str
    chosen: str
    danger: str
    danger_ground: str
    warning: str
    fill: str
    moment: str
    console: str = "#0b0c0e"
    console_text: str = "#d7dbe0"
    console_danger: str = "#ff8a84"


DARK = Theme(
    dark=True,
    ground="#14161a",
    panel="#1a1d22",
    raised="#22262d",
    line="#2b3038",
    edge="#434b57",
    grid="#262a31",
    text="#d4d8de",
    strong="#f4f6f8",
    muted="#8f96a1",
    accent="#58a6f5",
    on_accent="#08121d",
    chosen="#24364a",
    danger="#f4736d",
    danger_ground="#40272c",
    warning="#e0ac4d",
    fill="#34577d",
    moment="#f4f6f8",
)
LIGHT = Theme(
    dark=False,
    ground="#f4f5f7",
    panel="#ffffff",
    raised="#f0f2f5",
    line="#d9dde3",
    edge="#b9c0ca",
    grid="#e3e6eb",
    text="#2c2f37",
    strong="#0d0f13",
    muted="#5d646f",
    accent="#1565c0",
    on_accent="#ffffff",
    chosen="#d3e3f5",
    danger="#c1232b",
    danger_ground="#f7dcde",
    warning="#8a5a00",
    fill="#a9c7e8",
    moment="#14161a",
)

_SHEET = Template("""
* { outline: none; }
QMainWindow, QWidget#centre { background: $ground; }
QWidget { color: $text; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 6px; }
QMenuBar { background: $panel; border-bottom: 1px solid $line; padding: 2px 6px; }
QMenuBar::item { background: transparent; padding: 4px 9px; border-radius: 4px; color: $strong; }
QMenuBar::item:selected { background: $chosen; }
QMenu { background: $panel; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 22px 5px 22px; border-radius: 4px; }
QMenu::item:selected { background: $chosen; color: $strong; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $line; margin: 4px 6px; }
QMenu::indicator { left: 6px; width: 10px; height: 10px; }
QMenu::indicator:checked { background: $accent; border-radius: 5px; }
QWidget#bar { background: $panel; border-bottom: 1px solid $line; }
QWidget#side { background: $panel; }
QWidget#dock { background: $raised; border: 1px solid $line; }
QDockWidget { background: $ground; }
QMainWindow::separator { background: $line; width: 3px; height: 3px; }
QMainWindow::separator:hover { background: $accent; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $muted; border: none; border-top: 2px solid transparent; padding: 5px 12px; }
QTabBar::tab:selected { color: $strong; background: $raised; border-top-color: $accent; }
QTabBar::tab:hover { color: $strong; }
QScrollArea[role="below"], QWidget#side[role="below"] { border: none; border-top: 1px solid $line; }
QWidget#left { background: $panel; border-right: 1px solid $line; }
QWidget#right { background: $panel; border-left: 1px solid $line; }
QStatusBar { background: $panel; border-top: 1px solid $line; }
QStatusBar::item { border: none; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="section"] { color: $muted; font-weight: 600; font-size: 8pt; letter-spacing: 0.6px; }
QLabel[role="panic"] { color: $danger; font-weight: 600; font-size: 8pt; letter-spacing: 0.6px; }
QLabel[role="strong"] { color: $strong; font-weight: 600; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="danger"] { color: $danger; }
QLabel[role="event"] { color: $strong; font-weight: 600; font-size: 11pt; }
QLabel[role="headline"] { color: $strong; font-weight: 600; font-size: 15pt; }
QLabel[role="badge"] { border-radius: 9px; padding: 3px 10px 3px 1.8em; font-weight: 600; background: $raised; color: $text; }
QLabel[role="badge"][tone="danger"] { background: $danger_ground; color: $danger; }
QLabel[role="badge"][tone="warning"] { background: $raised; color: $warning; }
QLabel[role="badge"][tone="accent"] { background: $chosen; color: $accent; }
QLabel[role="state"] { color: $text; padding-left: 1.1em; }
QLabel[role="state"][tone="danger"] { color: $danger; }
QLabel[role="state"][tone="warning"] { color: $warning; }
QLabel[role="state"][tone="accent"] { color: $accent; }
QLabel[role="chip"] { background: $chosen; color: $strong; border-radius: 8px; padding: 1px 9px; }
QLabel[role="note"] { background: transparent; border: none; border-left: 2px solid $edge; padding: 0 0 0 8px; }
QLabel[role="note"][tone="warning"] { border-left-color: $warning; }
QPushButton, QToolButton { background: $raised; border: 1px solid $edge; border-radius: 4px; padding: 4px 11px; color: $text; }
QPushButton:hover, QToolButton:hover { border-color: $muted; }
QPushButton:pressed, QToolButton:pressed { background: $chosen; }
QPushButton:focus, QToolButton:focus { border-color: $accent; }
QPushButton:disabled, QToolButton:disabled { color: $faint; background: transparent; }
QPushButton[role="primary"] { background: $accent; border-color: $accent; color: $on_accent; font-weight: 600; }
QPushButton[role="primary"]:hover { border-color: $strong; }
QPushButton[role="primary"]:disabled { background: $raised; border-color: $line; color: $faint; font-weight: 400; }
QPushButton[role="flat"], QToolButton[role="flat"] { background: transparent; border-color: $edge; padding: 1px 6px; }
QPushButton[role="flat"]:hover, QToolButton[role="flat"]:hover { color: $strong; background: $raised; border-color: $muted; }
QPushButton[role="flat"]:focus, QToolButton[role="flat"]:focus { border-color: $accent; }
QPushButton[role="toggle"] { background: transparent; border-color: transparent; padding: 2px 3px 2px 1.45em; text-align: left; }
QPushButton[role="toggle"]:hover { color: $strong; background: $raised; }
QPushButton[role="toggle"]:focus { border-color: $accent; }
QPushButton[role="search"] { background: $ground; border-color: $edge; padding: 4px 12px; color: $muted; text-align: left; }
QPushButton[role="search"]:hover { color: $strong; border-color: $muted; }
QPushButton[role="search"]:focus { border-color: $accent; }
QWidget[role="row"] { border-bottom: 1px solid $line; }
QFrame[role="line"] { color: $line; }
QToolButton::menu-indicator, QPushButton::menu-indicator { image: none; }
QFileDialog QToolButton { background: $tool; padding: 1px; }
QToolButton[role="choice"] { background: transparent; border: 1px solid transparent; border-bottom: 1px dotted $muted;
    border-radius: 0; padding: 1px 3px;
    color: $strong; }
QToolButton[role="choice"]:hover, QToolButton[role="choice"]:focus { background: $raised; border: 1px solid $accent; border-radius: 3px; }
QToolButton[role="title"] { background: transparent; border: 1px solid transparent; border-bottom: 1px dotted $muted;
    border-radius: 0; padding: 0 3px; color: $text; }
QToolButton[role="title"]:hover, QToolButton[role="title"]:focus { background: $raised; color: $strong; border: 1px solid $accent;
    border-radius: 3px; }
QToolButton[role="title"][strong="true"] { color: $strong; font-weight: 600; margin-left: -10px; }
QToolButton[role="group"] { background: transparent; border: 1px solid transparent; padding: 4px 0 1px 0; margin-left: -7px;
    color: $text; font-weight: 600; }
QToolButton[role="group"]:hover { color: $strong; }
QToolButton[role="group"]:focus { color: $accent; }
QPushButton[role="tab"] { background: transparent; border: 1px solid transparent; border-top: 2px solid transparent; border-radius: 0;
    padding: 6px 12px 6px 12px; color: $muted; }
QPushButton[role="tab"]:hover { color: $strong; }
QPushButton[role="tab"]:checked { color: $strong; background: $raised; border-color: $line; border-top-color: $accent;
    border-bottom-color: $raised; }
QPushButton[role="tab"][dimmed="true"] { color: $faint; }
QPushButton[role="tab"]:focus { color: $accent; }
QLabel[role="cover"] { background: $ground; color: $muted; padding: 24px; }
QWidget#tabs { border-bottom: 1px solid $line; }
QLineEdit, QComboBox { background: transparent; border: 1px solid transparent; border-bottom: 1px dotted $muted;
    border-radius: 0; padding: 1px 3px;
    color: $strong; selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:hover, QComboBox:hover { background: $raised; }
QLineEdit:focus, QComboBox:focus { background: $raised; border: 1px solid $accent; border-radius: 3px; }
QLineEdit[wrong="true"] { border-bottom: 1px solid $danger; color: $danger; }
QLineEdit:disabled { color: $faint; placeholder-text-color: $faint; border-bottom-color: transparent; }
QWidget#form QLabel:disabled { color: $faint; }
QLineEdit[changed="true"], QComboBox[changed="true"] { color: $accent; }
QComboBox::drop-down { border: none; width: 12px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $line; selection-background-color: $chosen;
    selection-color: $strong; padding: 2px; }
QListView { background: transparent; border: none; }
QListView::item { padding: 4px 8px; border-radius: 4px; }
QListView::item:hover { background: $raised; }
QListView::item:selected { background: $chosen; color: $strong; }
QTableView { background: $ground; alternate-background-color: $panel; border: none; gridline-color: transparent;
    selection-background-color: $chosen;
    selection-color: $strong; }
QTableView::item { padding: 0 5px; border: none; }
QTableView::item:focus { border-bottom: 1px solid $accent; }
QTableView::item:selected { background: $chosen; color: $strong; }
QHeaderView { background: $ground; border: none; }
QHeaderView::section { background: $ground; color: $muted; border: none; border-bottom: 1px solid $line;
    padding: 3px 7px; font-weight: 400; }
QHeaderView::section:hover { color: $strong; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QHeaderView::down-arrow, QHeaderView::up-arrow { subcontrol-origin: padding; subcontrol-position: top center; width: 9px; height: 5px; }
QTableCornerButton::section { background: $ground; border: none; }
QScrollBar:vertical { background: transparent; width: 9px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 9px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 4px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { border: none; background: transparent; }
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: $line; }
QPlainTextEdit#console { background: $console; color: $console_text; border: 1px solid $line; border-radius: 4px; padding: 4px; }
QFrame#banner { background: $danger_ground; border: 1px solid $danger; border-radius: 6px; }
QFrame#floating { background: $panel; border: 1px solid $edge; border-radius: 6px; }
QFrame#palette { background: $panel; border: 1px solid $muted; border-radius: 6px; }
QFrame#sheet { background: $panel; border: 1px solid $line; border-radius: 6px; }
""")


def chosen(setting: str) -> Theme:
    """The theme of a setting of `THEMES`. "system": that of the desktop, or by the lightness of its palette if it does not say."""
    if setting in ("light", "dark"):
        return DARK if setting == "dark" else LIGHT
    scheme = QGuiApplication.styleHints().colorScheme()
    if scheme == Qt.ColorScheme.Unknown:
        palette = QGuiApplication.palette()
        return DARK if palette.windowText().color().lightness() > palette.window().color().lightness() else LIGHT
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT


def apply(app: QApplication, theme: Theme, scale: float = 1.0) -> None:
    """Apply the theme to the application, with text `scale` times the system's size."""
    before = float(app.property("textScale") or 1.0)
    dressed = bool(app.styleSheet())
    own = [(w, w.font()) for w in app.allWidgets() if before == scale or w.testAttribute(Qt.WidgetAttribute.WA_SetFont)]
    was = app.font().pointSizeF()
    body = was / before if was > 0 else BODY
    if before != scale:
        app.setProperty("textScale", scale)
        app.setFont(resized(app.font(), scale / before))
    css = sheet(theme, scale, body)
    if app.styleSheet() == css and before == scale:
        return
    if app.styleSheet() != css:  # setting it again would polish all widgets again
        app.setStyle("Fusion")
        app.setPalette(palette(theme))
        app.setStyleSheet(css)
    for widget, font in own:  # they do not follow the application's font, and polishing would undo a change
        if before != scale or (dressed and widget.font() != font):
            widget.setFont(resized(font, scale / before))
    if before != scale:
        for widget in app.allWidgets():  # under a style sheet, existing widgets do not follow it either
            if not widget.testAttribute(Qt.WidgetAttribute.WA_SetFont) and widget.font().pointSizeF() == was:
                widget.setFont(resized(widget.font(), scale / before))


def resized(font: QFont, factor: float) -> QFont:
    """`font` with its size multiplied by `factor`."""
    out = QFont(font)
    if out.pointSizeF() > 0:
        out.setPointSizeF(round(out.pointSizeF() * factor, 4))  # so that a size returns to what it was
    return out


def sheet(theme: Theme, scale: float = 1.0, body: float = BODY) -> str:
    """The style sheet of a theme. `body`: the system's text size in points; captions are smaller than it, and headings larger."""
    names = {name: getattr(theme, name) for name in Theme.__dataclass_fields__ if name != "dark"}
    # The icons of Qt's file dialog are dark in both themes.
    css = _SHEET.substitute(names, faint="#5b626d" if theme.dark else "#a5abb5", tool=theme.muted if theme.dark else theme.raised)
    return re.sub(r"font-size: ([\d.]+)pt", lambda found: f"font-size: {float(found[1]) * scale * body / BODY:g}pt", css)


def palette(theme: Theme) -> QPalette:
    """Colours that the style sheet does not reach: text selections, links, placeholders."""
    out = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, theme.panel),
        (roles.WindowText, theme.text),
        (roles.Base, theme.ground),
        (roles.AlternateBase, theme.panel),
        (roles.Text, theme.text),
        (roles.Button, theme.raised),
        (roles.ButtonText, theme.text),
        (roles.BrightText, theme.strong),
        (roles.Highlight, theme.accent),
        (roles.HighlightedText, theme.on_accent),
        (roles.Link, theme.accent),
        (roles.PlaceholderText, theme.muted),
        (roles.ToolTipBase, theme.raised),
        (roles.ToolTipText, theme.text),
        (roles.Mid, theme.line),
    ):
        out.setColor(role, QColor(colour))
    return out


def restyle(widget: QWidget) -> None:
    """Apply the style sheet again after a property changed that it asks for."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def figures(font: QFont) -> QFont:
    """`font` with digits of equal width, so that columns of numbers line up."""
    out = QFont(font)
    out.setFeature(QFont.Tag("tnum"), 1)
    return out


def fixed(points: float = 8.5) -> QFont:
    """The system's fixed-width font, for the console and for commands. `points`: where the text of the window has BODY points."""
    out = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    body = QGuiApplication.font().pointSizeF()
    out.setPointSizeF(points * body / BODY if body > 0 else points)
    return out
