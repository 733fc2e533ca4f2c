"""What was chosen in views, kept for the next start."""

from PySide6.QtCore import QObject, QSettings, Signal

from zoneviz.gui.kit.choice import Choice
from zoneviz.gui.session.session import Session


class Kept(QObject):
    """Texts by name. They last as long as the program, or in `settings` from `keep_in` on. `changed`: they were read from there."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._texts: dict[str, str] = {}
        self._settings: QSettings | None = None

    @classmethod
    def of(cls, session: Session) -> "Kept":
        """The session's, made on first use."""
        return session.findChild(cls) or cls(session)

    def keep_in(self, settings: QSettings) -> None:
        """Take the texts from the user's settings, and store them there."""
        self._settings = settings
        self.changed.emit()

    def __getitem__(self, name: str) -> str:
        """The text of this name, "" without one."""
        return self._texts.get(name, "") if self._settings is None else str(self._settings.value(f"kept/{name}", ""))

    def __setitem__(self, name: str, text: str) -> None:
        """Keep a text."""
        if self._settings is None:
            self._texts[name] = text
        else:
            self._settings.setValue(f"kept/{name}", text)

    def follow(self, name: str, choice: Choice) -> None:
        """Keep what is chosen, and choose what was kept if it is one of the words."""

        def restore() -> None:
            if choice.takes(self[name]):
                choice.set_value(self[name])

        restore()
        self.changed.connect(restore)
        choice.changed.connect(lambda: self.__setitem__(name, choice.value()))
