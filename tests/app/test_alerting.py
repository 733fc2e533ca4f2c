"""What an alert causes: lines, entries of the result, and a command that gets the figures in its environment."""

from pathlib import Path

import pytest

from tests.app.test_alerts import CATALOG, figures
from zoneviz.app.alerting import Alerting
from zoneviz.errors import UsageError

RECORDING = Path("m.zvz")


def fired(alerting: Alerting) -> Alerting:
    alerting.look(figures(4000), CATALOG, 10**9, RECORDING)
    alerting.close()
    return alerting


def test_lines_and_the_result() -> None:
    alerting = fired(Alerting(["dentry > 1K", "dentry > 1M"]))
    assert alerting.active == ("dentry > 1K: 3.91 KiB now.",)
    assert [line.partition(" ")[2] for line in alerting.news()] == [*alerting.active] and alerting.news() == []
    (entry,) = alerting.result()["alerts"]
    assert (entry["alert"], entry["value"], entry["limit"], entry["ahead"]) == ("dentry > 1K", 4000, 1024, 0)
    assert Alerting().result() == {} and Alerting(["dentry > 1K"]).result() == {"alerts": []}


def test_the_command_gets_the_figures_and_no_shell_reads_them(tmp_path: Path) -> None:
    script = tmp_path / "it's a script"
    script.write_text('#!/bin/sh\nenv | grep ^ZONEVIZ_ | grep -v ZONEVIZ_PURE | sort > "$1"\n')
    script.chmod(0o755)
    alerting = fired(Alerting(["dentry > 1K"], command=f"\"{script}\" '{tmp_path}/$(touch x); said'"))
    said = dict(line.split("=", 1) for line in (tmp_path / "$(touch x); said").read_text().splitlines())
    assert said.pop("ZONEVIZ_TIME").startswith("20")
    assert said == {
        "ZONEVIZ_ALERT": "dentry > 1K",
        "ZONEVIZ_FILE": "m.zvz",
        "ZONEVIZ_LIMIT": "1024",
        "ZONEVIZ_SECONDS": "0",
        "ZONEVIZ_TEXT": "dentry > 1K: 3.91 KiB now.",
        "ZONEVIZ_VALUE": "4000",
    }
    assert len(alerting.news()) == 1


@pytest.mark.parametrize(("command", "said"), [("sh -c 'exit 4'", "exit status 4"), ("sh -c 'kill -9 $$'", "signal 9")])
def test_a_command_that_fails_is_one_line(command: str, said: str) -> None:
    assert fired(Alerting(["dentry > 1K"], command=command)).news()[1:] == [f"sh failed with {said}."]


@pytest.mark.parametrize(
    ("command", "said"), [("no-such-program now", "'no-such-program'"), ("say 'it", "cannot be read"), ("  ", "is empty")]
)
def test_an_invalid_command_is_refused(command: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Alerting(["dentry > 1K"], command=command)


def test_a_command_needs_an_alert() -> None:
    with pytest.raises(UsageError, match="--then needs an alert"):
        Alerting(command="true")
