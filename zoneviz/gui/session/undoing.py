"""Changes that can be undone: notes, marks and the layout, in one list for each window."""

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

Change = Callable[[], object]


class Edit(QUndoCommand):
    """A change in words, as `delete note`. Pushing it calls `redo`, unless the change was made already (`done`).

    A `redo` or `undo` that returns False failed: the edit leaves the list.
    """

    def __init__(self, words: str, redo: Change, undo: Change, done: bool = False) -> None:
        super().__init__(words)
        self._redo, self._undo, self._done = redo, undo, done

    def redo(self) -> None:
        """Make the change."""
        done, self._done = self._done, False
        if not done and self._redo() is False:
            self.setObsolete(True)

    def undo(self) -> None:
        """Undo the change."""
        if self._undo() is False:
            self.setObsolete(True)
