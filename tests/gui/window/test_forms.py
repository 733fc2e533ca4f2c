"""The form made from declared settings."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from zoneviz.gui.kit.choice import Choice
from zoneviz.gui.window.forms import ExperimentForm, Field, Heading
from zoneviz.mach.profile import PROFILES, SETTINGS
from zoneviz.scenarios import Parameter, Scenario, find
from zoneviz.spec import RunSpec

SCENARIO = Scenario(
    "test",
    "For this test.",
    lambda run: None,
    (
        Parameter("rate", "int", 5, "how many", "per second", 1, 100),
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


def test_every_setting_has_an_editor_with_a_name(form: ExperimentForm) -> None:
    assert set(form.editors) == {p.name for p in SCENARIO.parameters} | {*SETTINGS, "profile", "seed"}
    assert all(editor.accessibleName() == name for name, editor in form.editors.items())


def test_an_unchanged_form_runs_the_defaults(form: ExperimentForm) -> None:
    assert form.spec() == RunSpec("test")


def test_defaults_are_shown_as_they_are_read(form: ExperimentForm) -> None:
    for parameter in SCENARIO.parameters:
        assert parameter.parse(form.editors[parameter.name].value()) == parameter.default


def test_changed_values_are_in_the_spec(form: ExperimentForm) -> None:
    form.editors["rate"].set_value("50")
    form.editors["again"].set_value("yes")
    form.editors["operation"].set_value("task_create")
    form.editors["zone_map_size"].set_value("4 MiB")
    form.editors["seed"].set_value("42")
    spec = form.spec()
    assert spec.settings == {"rate": 50, "again": True, "operation": "task_create", "zone_map_size": 4 << 20}
    assert spec.seed == 42


@pytest.mark.parametrize(("name", "value"), [("rate", "0"), ("rate", "x"), ("message_size", "12 parsecs"), ("ram", "1"), ("seed", "")])
def test_invalid_values_are_explained(form: ExperimentForm, name: str, value: str) -> None:
    editor = form.editors[name]
    assert isinstance(editor, Field)
    editor.set_value(value)
    assert form.problem == editor.problem != ""
    assert (editor.property("wrong"), editor.property("changed")) == ("true", "false"), "shown in red, not as changed"
    editor.set_value(editor.default)
    assert form.problem == ""


def test_values_that_contradict_each_other_are_explained(form: ExperimentForm) -> None:
    form.show_scenario(find("null-at-32768"))
    form.editors["each"].set_value("4000")
    assert form.problem.startswith("each=4000 is more than the 1,021 files")
    form.editors["descriptors"].set_value("no")
    assert form.problem == ""


def test_another_profile_changes_its_values_and_keeps_those_of_the_scenario(form: ExperimentForm) -> None:
    form.editors["rate"].set_value("7")
    chooser = form.editors["profile"]
    assert isinstance(chooser, Choice)
    chooser.set_value("upstream-2007")
    assert form.editors["rate"].value() == "7"
    assert form.editors["task_max"].value() == str(PROFILES["upstream-2007"].task_max)
    assert form.spec().settings == {"rate": 7}


def test_the_values_of_a_run_are_entered(form: ExperimentForm) -> None:
    form.editors["speed"].set_value("3")
    parameters = {"rate": 7, "message_size": 8192, "again": True, "operation": "task_create", "zone_map_size": 5 << 20, "gone": 3}
    form.show_run(RunSpec("test", "debian-2007", parameters, 42))
    spec = form.spec()
    assert (spec.profile, spec.seed) == ("debian-2007", 42)
    settings = {"rate": 7, "message_size": 8192, "again": True, "operation": "task_create", "zone_map_size": 5 << 20}
    assert spec.settings == settings, "and the rest has its default"


@pytest.mark.parametrize("value", ["<b>x</b>", "\u202e" + "x" * 10_000, None, {"a": 1}, [1], True, -1])
def test_invalid_values_of_a_run_are_skipped(form: ExperimentForm, value: object) -> None:
    names = ("rate", "message_size", "operation", "zone_map_size", "libports", "kernel_window")
    form.show_run(RunSpec("test", "<i>no profile</i>", dict.fromkeys(names, value)))
    spec = form.spec()
    assert not form.problem and spec.profile == "antrik-2005"
    assert spec.settings == {}


def shown(form: ExperimentForm) -> list[str]:
    return [name for name, editor in form.editors.items() if not editor.isHidden()]


def heading(form: ExperimentForm, title: str) -> Heading:
    return next(heading for group, heading in form.headings.items() if group.title.startswith(title))


def test_settings_are_in_groups_and_the_limits_are_folded(form: ExperimentForm) -> None:
    assert [h.text() for h in form.headings.values()] == ["▾ Experiment", "▾ Kernel", "▾ Servers", "▸ Limits (0 = no limit)"]
    assert [name for name in form.editors if name not in shown(form)] == [n for n, s in SETTINGS.items() if s.group.folded]
    heading(form, "Limits").click()
    assert shown(form) == list(form.editors)
    heading(form, "Kernel").click()
    assert "ram" not in shown(form) and "libports" in shown(form)
    form.show_scenario(SCENARIO)
    assert "ram" not in shown(form) and "max_threads" in shown(form), "groups stay folded or open"


def test_a_folded_group_opens_when_a_value_in_it_changes(form: ExperimentForm) -> None:
    form.fill({"max_processes": "200"})
    assert heading(form, "Limits").isChecked() and "max_processes" in shown(form)
    assert form.spec().settings == {"max_processes": 200}


def test_labels_have_units_and_tool_tips_the_range(form: ExperimentForm) -> None:
    assert form.labels["rate"].text() == "rate · per second"
    assert form.labels["message_size"].text() == "message size"
    assert form.labels["max_threads"].text() == "max_threads · per task"
    assert "range of kernel addresses" in form.labels["zone_map_size"].toolTip()
    assert form.labels["ram"].toolTip() == "Memory of the machine. Allowed: a size from 8 MiB to 4 GiB."
    allowed = "0 (no limit), or a whole number from 16 to 1,073,741,824"
    assert form.labels["max_threads"].toolTip() == f"Maximum number of threads of one task. Allowed: {allowed}."
    assert form.editors["libports"].toolTip().endswith("or pool:N with N from 1 to 1,000.")


def test_yes_and_no_are_words(form: ExperimentForm) -> None:
    assert form.editors["ipc_compat"].text() == "yes ▾" and form.editors["collect_zones"].text() == "no ▾"
    form.fill({"collect_zones": "1"})
    assert form.editors["collect_zones"].text() == "yes ▾"
    assert form.spec().settings == {"collect_zones": True}


def test_an_optional_value_has_a_word(form: ExperimentForm) -> None:
    form.show_scenario(replace(SCENARIO, parameters=(Parameter("ports", "int", None, "Ports; auto: 20.", low=0, high=100),)))
    assert form.editors["ports"].value() == "auto" and form.spec().settings == {}
    form.fill({"ports": 0})
    assert form.spec().settings == {"ports": 0} and not form.problem
