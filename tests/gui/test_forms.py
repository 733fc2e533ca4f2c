"""The form made from declared parameters."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from zoneviz.gui.forms import Choice, ExperimentForm, Field
from zoneviz.mach.profile import PROFILES, SETTINGS
from zoneviz.scenarios import Parameter, Scenario

SCENARIO = Scenario(
    "test",
    "For this test.",
    lambda run: None,
    (
        Parameter("rate", "int", 5, "how many", "a second", 1, 100),
        Parameter("message_size", "size", 4000, "bytes"),
        Parameter("speed", "float", 0.5, "how fast"),
        Parameter("again", "bool", False, "whether"),
        Parameter("operation", "choice", "fork", "what", choices=("fork", "task_create")),
    ),
)


@pytest.fixture
def form(qapp: QApplication, qtbot: QtBot) -> ExperimentForm:
    made = ExperimentForm()
    qtbot.addWidget(made)
    made.show_scenario(SCENARIO)
    return made


def test_every_parameter_and_setting_has_an_editor_with_a_name(form: ExperimentForm) -> None:
    assert set(form.editors) == {p.name for p in SCENARIO.parameters} | {*SETTINGS, "profile", "seed"}
    assert all(editor.accessibleName() == name for name, editor in form.editors.items())


def test_untouched_it_asks_for_the_defaults(form: ExperimentForm) -> None:
    wanted = form.wanted()
    assert (wanted.scenario, wanted.profile, wanted.settings, wanted.seed) == ("test", "antrik-2005", {}, 1)


def test_what_is_shown_is_what_is_read(form: ExperimentForm) -> None:
    for parameter in SCENARIO.parameters:
        assert parameter.parse(form.editors[parameter.name].value()) == parameter.default


def test_changes_are_asked_for(form: ExperimentForm) -> None:
    form.editors["rate"].set_value("50")
    form.editors["again"].set_value("1")
    form.editors["operation"].set_value("task_create")
    form.editors["zone_map_size"].set_value("4 MiB")
    form.editors["seed"].set_value("42")
    wanted = form.wanted()
    assert wanted.settings == {"rate": "50", "again": "1", "operation": "task_create", "zone_map_size": "4 MiB"}
    assert wanted.seed == 42


@pytest.mark.parametrize(("name", "value"), [("rate", "0"), ("rate", "x"), ("message_size", "12 parsecs"), ("ram", "1"), ("seed", "")])
def test_wrong_values_are_told_in_words(form: ExperimentForm, name: str, value: str) -> None:
    editor = form.editors[name]
    assert isinstance(editor, Field)
    editor.set_value(value)
    assert form.problem == editor.problem != ""
    assert editor.property("wrong") == "true"
    editor.set_value(editor.default)
    assert form.problem == ""


def test_another_profile_brings_its_values_and_keeps_the_parameters(form: ExperimentForm) -> None:
    form.editors["rate"].set_value("7")
    chooser = form.editors["profile"]
    assert isinstance(chooser, Choice)
    chooser.set_value("upstream-2007")
    assert form.editors["rate"].value() == "7"
    assert form.editors["task_max"].value() == str(PROFILES["upstream-2007"].task_max)
    assert form.wanted().settings == {"rate": "7"}
