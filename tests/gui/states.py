"""Where the window says in which state its recording is."""

from zoneviz.gui.window.main_window import MainWindow


def said(window: MainWindow) -> dict[str, str]:
    """The state of the recording on show, by place; a time after it is left out."""
    title = window.windowTitle()
    out = {
        "transport": window.transport.badge.text(),
        "title": title[title.rindex("(") + 1 : title.rindex(")")] if "(" in title else "",
        "status": window.status.state.text(),
        "card": window.panic.heading.text().capitalize(),
    }
    if window.live_bar.isVisible():
        out["live bar"] = window.live_bar.state.text().removesuffix(" this machine").split(":")[0]
    return {place: text.split(" at ")[0] for place, text in out.items()}


def icons(window: MainWindow) -> set[str]:
    """The icons of that state; one if all places agree."""
    return {window.transport.badge.icon, window.status.state.icon}
