"""The form for a recording of this machine: what it asks for, what it offers, and what it says where it may not."""

import pytest
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from zoneviz.app.live_spec import LiveSpec
from zoneviz.gui.window.forms import Field
from zoneviz.gui.window.live_form import EVENTS, OF_EVENTS, ONLY_EVENTS, READINGS, SETTINGS, STACKS, LiveForm
from zoneviz.sources.able import Refused

NEEDS = "Recording each allocation needs root: run `sudo zoneviz record --events`."


@pytest.fixture
def form(qapp: QApplication, qtbot: QtBot) -> LiveForm:
    made = LiveForm()
    qtbot.addWidget(made)
    made.refused = Refused
    made.listed = lambda: [(900, "Web Content"), (812, "find")]
    made.ask()
    return made


def test_an_unchanged_form_takes_readings(form: LiveForm) -> None:
    assert form.problem == "" and form.spec() == LiveSpec() and form.spec().checked() == LiveSpec()
    assert set(form.editors) == set(SETTINGS) and all(e.accessibleName() == name for name, e in form.editors.items())


def test_everything_in_the_form_is_in_the_spec(form: LiveForm) -> None:
    typed = {
        "record": STACKS, "every": "500ms", "caches": "dentry, kmalloc-*", "process": "find", "cgroup": "/user.slice", "min_size": "1K",
        "until": "10m", "keep": "24h", "file_size": "64M", "alert when": "slab > 1G; dentry in use > 5",
        "alert before": "2h", "buffer": "16M",
    }  # fmt: skip
    assert set(typed) == set(SETTINGS)
    for name, value in typed.items():
        form.editors[name].set_value(value)
    assert form.problem == ""
    assert form.spec() == LiveSpec(
        every=0.5, seconds=600.0, events=True, stacks=True, only=("dentry", "kmalloc-*"), min_size=1024, command="find",
        keep=86400.0, cgroup="/user.slice", buffer=16 << 20, limit=64 << 20, alerts=("slab > 1G", "dentry in use > 5"), alert_before=7200.0,
    )  # fmt: skip


def test_filters_concern_allocations_alone(form: LiveForm) -> None:
    form.record.set_value(EVENTS)
    form.editors["caches"].set_value("dentry")
    assert all(form.editors[name].isEnabled() for name in OF_EVENTS) and form.spec().only == ("dentry",)
    form.record.set_value(READINGS)
    assert not any(form.editors[name].isEnabled() for name in OF_EVENTS)
    assert {form.labels[name].toolTip() for name in OF_EVENTS} == {ONLY_EVENTS}
    assert form.spec() == LiveSpec()


def test_what_this_user_may_not_record_is_not_offered(form: LiveForm) -> None:
    form.record.set_value(EVENTS)
    form.refused = lambda: Refused("", "Only root can read them.", NEEDS)
    form.ask()
    assert form.record.value() == READINGS and not form.note.isHidden() and form.note.text() == f"Only root can read them.\n{NEEDS}"
    assert [action.data() for action in form.record.menu().actions() if action.isVisible()] == [READINGS]
    assert form.problem == "" and not form.spec().events


def test_a_machine_that_cannot_be_read_says_why(form: LiveForm) -> None:
    form.refused = lambda: Refused("zoneviz cannot record a running Plan9.", "", NEEDS)
    form.ask()
    assert form.problem == "zoneviz cannot record a running Plan9." and form.note.isHidden(), "one reason is enough"


def test_invalid_values_are_refused_with_a_sentence(form: LiveForm) -> None:
    form.editors["every"].set_value("soon")
    assert form.problem == "every='soon' is not a time from 10 ms to 24 h."
    form.reset()
    assert form.problem == "" and form.spec() == LiveSpec()


def test_a_process_is_chosen_from_those_that_run(form: LiveForm) -> None:
    process = form.process
    form.record.set_value(EVENTS)
    QApplication.sendEvent(process, QFocusEvent(QFocusEvent.Type.FocusIn))
    completer = process.completer()
    completer.setCompletionPrefix("find")
    assert completer.currentCompletion() == "812 find"
    process.setText(completer.currentCompletion())
    assert (form.spec().pid, form.spec().command) == (812, "")
    process.setText("Web Content")
    assert (form.spec().pid, form.spec().command) == (None, "Web Content")


def test_an_empty_field_says_what_it_means(form: LiveForm) -> None:
    for name in ("caches", "process", "cgroup", "min_size", "until", "alert when"):
        field = form.editors[name]
        assert isinstance(field, Field) and field.text() == "" and field.placeholderText() == SETTINGS[name].zero
