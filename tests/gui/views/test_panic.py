"""The panic card shows what the recording says."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.conftest import TEXT, Settle, events, write
from tests.playback.diagnosis.kmem_events import Stream, evenly
from tests.playback.diagnosis.kmem_events import recorded as live_recorded
from zoneviz import resources, words
from zoneviz.app.whatif import Effect, Limit
from zoneviz.gui.charts.link import Link
from zoneviz.gui.kit.theme import DARK
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.ending import ending
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.states import of_player
from zoneviz.gui.views.panic import Console, PanicView
from zoneviz.playback import Player
from zoneviz.playback.diagnosis import diagnose
from zoneviz.recording import Recording


@pytest.fixture
def view(session: Session, qtbot: QtBot, settle: Settle) -> PanicView:
    made = PanicView(session)
    qtbot.addWidget(made)
    made.resize(290, 800)
    made.show()
    settle(session)
    diagnosed(made)
    return made


def diagnosed(view: PanicView) -> None:
    """Wait for the diagnosis and the comparison with the scenarios."""
    assert view.findings.job is not None
    view.findings.job.wait()
    if view.resemblance.job is not None:
        view.resemblance.job.wait()
    QApplication.processEvents()


def test_the_console_output_is_shown(view: PanicView) -> None:
    assert view.console.toPlainText() == f"<b>boot</b> of the machine\nready\npanic: {TEXT}"
    assert view.heading.text() == "PANIC"


def test_the_diagnosis_is_shown_with_the_pattern_first(view: PanicView, session: Session) -> None:
    assert session.player is not None
    found = diagnose(Recording(session.player.recording.path))
    assert view.findings.diagnosis == found
    shown = [link.sentence for link in view.findings.links]
    assert sorted(shown) == sorted(finding.sentence for finding in found.findings)
    pattern = found.finding("pattern")
    assert pattern is not None and shown[0] == pattern.sentence
    assert view.path.text().replace("\u200b", "").split() == ["fork", "task_create", "zalloc"]


def test_a_finding_shows_its_moment_and_zone(view: PanicView, session: Session, settle: Settle, qtbot: QtBot) -> None:
    found = view.findings.diagnosis
    assert found is not None
    session.select(task=1, kind="ZALLOC")
    session.ask_moment(50)
    settle(session)
    link = next(link for link in view.findings.links if link.sentence.startswith("Largest zone"))
    qtbot.keyClick(link, Qt.Key.Key_Space)  # type: ignore[no-untyped-call]
    settle(session)
    assert (session.selection.zone, session.selection.task, session.selection.range) == (found.largest, 0, None)
    assert session.moment == found.at
    assert "zone" in link.accessibleDescription()


def test_the_cause_is_searched_once_per_recording(view: PanicView, session: Session, settle: Settle) -> None:
    job, links = view.findings.job, view.findings.links
    session.set_theme(DARK)
    settle(session)
    assert view.findings.job is job and view.findings.links is links


def test_the_search_can_be_cancelled_and_repeated(session: Session, qtbot: QtBot, settle: Settle) -> None:
    view = PanicView(session)
    qtbot.addWidget(view)
    view.show()
    settle(session)
    findings = view.findings
    if findings.job is not None and findings.job.running:
        findings.button.click()
        assert findings.links == [] and findings.button.text() == "Search"
        findings.button.click()
        diagnosed(view)
    assert findings.links and not findings.button.isVisible()


def test_links_are_as_high_as_their_text(view: PanicView) -> None:
    for link in view.findings.links:
        assert link.heightForWidth(150) > link.heightForWidth(290) or link.heightForWidth(150) < 30


def test_evidence_is_folded_and_unfolds(view: PanicView, qtbot: QtBot) -> None:
    findings = view.findings
    hidden = [link for link in findings.links if link.parentWidget() is findings.evidence]
    assert findings.fold.text() == f"▸ Evidence ({len(hidden)})" and len(hidden) > 2
    assert not any(link.isVisible() for link in hidden) and all(link.isVisible() for link in findings.links if link not in hidden)
    qtbot.keyClick(findings.fold, Qt.Key.Key_Space)  # type: ignore[no-untyped-call]
    assert all(link.isVisible() for link in hidden) and findings.fold.text().startswith("▾")
    assert findings.fold.nextInFocusChain() is hidden[0]


@pytest.mark.parametrize("unfolded", [False, True])
def test_heights_are_right_after_resizing(view: PanicView, qapp: QApplication, unfolded: bool) -> None:
    view.findings.fold.setChecked(unfolded)
    for words_ in ("at most 1,667 threads per task", "k0ro's throttle in libports (slows at 64 threads, stops at 251)"):
        limit = Limit("threads", "1667", words_)
        brief = "finishes; 1,682 threads, 58 % of zone_map"
        view.what_if._show(Effect(limit, "finished", True, False, "", "", 0, 0, {}, 0.0, 0, "", brief))
    view.what_if.show()
    for width in (292, 220, 500, 1200, 230, 292):
        view.resize(width, 500)
        for _ in range(3):
            qapp.processEvents()
        shown = [widget for widget in view.body.findChildren(QWidget) if widget.isVisible() and isinstance(widget, (Link, QLabel))]
        assert len(shown) > 5
        for widget in shown:
            assert widget.width() <= view.body.width() and widget.height() >= widget.heightForWidth(widget.width()), (width, widget)
        links = [widget for widget in shown if isinstance(widget, Link)]
        assert all(link.height() == link.heightForWidth(link.width()) for link in links), width
        needed = view.box.heightForWidth(view.body.width()) if view.box.hasHeightForWidth() else view.box.sizeHint().height()
        area = view.body.parentWidget()
        assert area is not None and view.body.height() == max(needed, area.height()), (width, "no empty space below, nothing cut")


def test_no_limit_is_offered_for_a_run_that_cannot_be_repeated(tmp_path: Path, qtbot: QtBot, settle: Settle) -> None:
    session = Session()
    session.show(Player(Recording(write(tmp_path / "a.zvz", events(200), kind="imported"))))
    view = PanicView(session)
    qtbot.addWidget(view)
    view.show()
    settle(session)
    diagnosed(view)
    assert view.what_if.isHidden() and view.findings.links
    session.show(None)
    assert view.findings.links == []


def test_no_limit_is_offered_during_a_live_run(session: Session, qtbot: QtBot, settle: Settle, tmp_path: Path) -> None:
    made = PanicView(session)
    qtbot.addWidget(made)
    made.show()
    growing = write(tmp_path / "growing.zvz", events(50))
    for live in (True, False, True):  # before and after a recording that has ended
        session.show(Player(Recording(growing)), live=live)
        settle(session)
        assert made.what_if.isHidden() == live


def test_texts_are_plain(view: PanicView) -> None:
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in [*view.notes, view.path])


def test_the_largest_zones_follow_the_moment(view: PanicView, session: Session, settle: Settle) -> None:
    session.ask_moment(3000)
    settle(session)
    assert session.player is not None
    zones = {z["name"]: z["cur_size"] for z in session.player.state.machine()["zones"]}
    assert view.holders.rows == sorted(((n, s) for n, s in zones.items() if s), key=lambda z: -z[1])
    assert words.unbroken(words.time(session.player.state.time)) in view.holders_heading.text()


def test_the_command_reproduces_the_run(view: PanicView) -> None:
    command = view.command.toPlainText().replace("\\\n", "").split()
    assert command == ["zoneviz", "run", "fork-bomb", "--profile", "antrik-2005", "--set", "rate=5", "--seed", "7"]


@pytest.mark.parametrize(
    ("outcome", "headline"),
    [
        ("booted", "Booted"),
        ("interrupted", "Stopped"),
        ("hang", "Hang"),
        ("error", "Error"),
        ("excerpt", "Excerpt"),
    ],
)
def test_headlines_of_other_outcomes(tmp_path: Path, outcome: str, headline: str) -> None:
    recording = Recording(write(tmp_path / "a.zvz", events(50)[:-1], outcome=outcome))
    player = Player(recording)
    found, state = ending(player, live=False), of_player(player)
    assert state.word == headline
    assert state.tone != "danger"
    assert found.call_path == [] and len(found.notes) == 1
    recording.close()


def test_an_incomplete_recording_gives_the_reason(tmp_path: Path) -> None:
    recording = Recording(write(tmp_path / "a.zvz", events(50)[:-1], complete=False))
    player = Player(recording)
    found, state = ending(player, live=False), of_player(player)
    assert (state.word, state.tone) == ("Incomplete", "warning")
    assert any("the disk is full" in note for note in found.notes)
    recording.close()


def test_an_empty_recording_has_an_ending(tmp_path: Path) -> None:
    recording = Recording(write(tmp_path / "a.zvz", [], outcome="interrupted"))
    assert ending(Player(recording), live=False).holders == []
    recording.close()


def test_the_card_says_first_who_since_when_and_what_would_help(qapp: QApplication, qtbot: QtBot, settle: Settle) -> None:
    session = Session()
    session.show(Player(Recording(next(p for p in resources.recordings() if p.name.startswith("dev-null-storm")))))
    view = PanicView(session)
    qtbot.addWidget(view)
    view.resize(330, 2000)
    view.show()
    settle(session)
    diagnosed(view)
    assert session.player is not None
    recording = session.player.recording
    null = next(number for number, name in recording.catalog.task_names.items() if name == "null")
    # Kinds 63 and 68: creation and end of a thread.
    ended = "SELECT subject FROM events WHERE kind = 68"
    made = f"SELECT COUNT(*) AS n FROM events WHERE kind = 63 AND extra = {null} AND subject NOT IN ({ended})"
    number = f"{recording.query(made)[0]['n']:,}"
    who, full, count = view.findings.links[:3]
    assert f"all {number} new threads belong to null, the server of /dev/null (task {null})" in who.sentence
    assert full.sentence.startswith("zone_map has grown since 1.590 s") and full.sentence.endswith(" to 2 MiB.")
    threads = recording.query("SELECT threads FROM samples ORDER BY seq DESC LIMIT 1")[0]["threads"]
    assert count.sentence.startswith("The number of threads has grown since 1.587 s") and count.sentence.endswith(f" to {threads:,}.")
    assert view.what_if.heading.text() == "WHAT WOULD HAVE STOPPED IT" and view.what_if.button.text() == "Test these limits"
    shown = [view.findings, view.what_if, view.findings.more]
    assert [widget.isVisible() for widget in shown] == [True] * 3
    assert sorted(shown, key=lambda widget: widget.y()) == shown
    assert view.findings.links[3].sentence.startswith("Ran out at") and view.findings.links[3].parentWidget() is view.findings.evidence
    session.show(None)


def test_the_largest_zones_have_a_table_for_the_keyboard(view: PanicView, qtbot: QtBot) -> None:
    assert view.holders.focusPolicy() & Qt.FocusPolicy.TabFocus
    qtbot.keyClick(view.holders, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]
    (twin,) = view.findChildren(Twin)
    assert [tuple(row) for row in twin.table.rows.rows] == view.holders.rows != []
    twin.close()


def test_the_console_starts_at_the_top_if_all_lines_fit(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    console = Console("console", 8.5, holder)
    holder.resize(400, 400)
    holder.show()
    console.resize(90, 20)
    console.say(["panic: zalloc: zone kalloc.256 exhausted"])
    console.resize(240, console.height())
    assert console.verticalScrollBar().value() == 0 and not console.verticalScrollBar().isVisible()
    console.say([f"line {i}" for i in range(Console.LINES * 2)])
    assert console.verticalScrollBar().value() == console.verticalScrollBar().maximum() > 0


def test_a_leak_of_a_live_kernel_comes_first_and_selects_its_zone_and_process(
    view: PanicView, session: Session, settle: Settle, tmp_path: Path
) -> None:
    leak = Stream("filp", "web (41)", ("__x64_sys_openat", "alloc_empty_file"), evenly(400))
    session.show(Player(live_recorded(tmp_path / "leak.zvz", [leak, Stream("kmalloc-64", "sh (7)", ("seq_open",), [1.0])])))
    settle(session)
    diagnosed(view)
    first, second = view.findings.links[:2]
    assert first.sentence.startswith("A leak by web (41)") and second.sentence.startswith("“filp” allocated by web (41)")
    second.clicked.emit()
    settle(session)
    assert (session.selection.zone, session.selection.task) == ("filp", 1)
