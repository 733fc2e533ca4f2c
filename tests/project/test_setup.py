"""The script that installs system packages, on a system of small fakes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SETUP = Path(__file__).parents[2] / ".ci" / "setup"
OFFSCREEN = ("libEGL.so.1", "libGL.so.1", "libglib-2.0.so.0", "libxkbcommon.so.0", "libdbus-1.so.3", "libfontconfig.so.1")
WINDOW = (
    *("libxkbcommon-x11.so.0", "libxcb-cursor.so.0", "libxcb-icccm.so.4", "libxcb-image.so.0", "libxcb-keysyms.so.1"),
    *("libxcb-render-util.so.0", "libxcb-xkb.so.1", "libxcb-shape.so.0"),
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the script is for Linux")


class System:
    """A folder of commands that shadow the real ones. `installed.txt` is what ldconfig finds, `asked.txt` the calls of apt-get."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.have(*OFFSCREEN, *WINDOW)
        self.command("ldconfig", f"cat {folder}/installed.txt")
        self.command("apt-get", f"echo $@ >> {folder}/asked.txt")
        self.command("find", "echo /usr/share/fonts/a.ttf")
        self.command("python3", "exit 0")
        self.command("Xvfb", "exit 0")
        self.command("xdotool", "exit 0")
        self.user(0)
        self.command("sudo", "exit 1")

    def command(self, name: str, body: str) -> None:
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def have(self, *libraries: str) -> None:
        (self.folder / "installed.txt").write_text("".join(f"\t{name} (libc6,x86-64) => /lib/{name}\n" for name in libraries))

    def user(self, number: int) -> None:
        self.command("id", f"echo {number}")

    def run(self, purpose: str) -> tuple[int, str]:
        """Exit status and stderr, in a folder without an environment."""
        environment = {"PATH": f"{self.folder}:{os.environ['PATH']}"}
        done = subprocess.run(["sh", str(SETUP), purpose], cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60)
        assert done.stdout == ""
        return done.returncode, done.stderr

    def asked(self) -> list[str]:
        path = self.folder / "asked.txt"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path)


@pytest.mark.parametrize("purpose", ["run", "test"])
def test_it_is_silent_if_nothing_is_missing(system: System, purpose: str) -> None:
    assert system.run(purpose) == (0, "")
    assert system.asked() == []


def test_root_installs_what_is_missing(system: System) -> None:
    system.have(*OFFSCREEN[1:], *WINDOW[2:])
    everything = "".join(f"\t{name} (libc6) => /lib/{name}\n" for name in (*OFFSCREEN, *WINDOW))
    system.command("apt-get", f"echo $@ >> {system.folder}/asked.txt; printf '%s' '{everything}' > {system.folder}/installed.txt")
    # the fake installs at `update`, the real one at `install`
    status, said = system.run("test")
    assert status == 0 and said == "Installing system packages: libegl1 libxkbcommon-x11-0 libxcb-cursor0\n"
    assert system.asked() == ["update", "install -y --no-install-recommends libegl1 libxkbcommon-x11-0 libxcb-cursor0"]


@pytest.mark.parametrize(("purpose", "status"), [("test", 1), ("run", 0)])
def test_without_permission_it_prints_the_command(system: System, purpose: str, status: int) -> None:
    system.user(1000)
    system.have(*OFFSCREEN[1:], *WINDOW)
    assert system.run(purpose) == (status, "System packages are missing; this installs them: sudo apt-get install -y libegl1\n")
    assert system.asked() == []


def test_missing_window_libraries_do_not_stop_the_tests(system: System) -> None:
    system.user(1000)
    system.have(*OFFSCREEN)
    status, said = system.run("test")
    assert status == 0 and "libxcb-cursor0" in said


@pytest.mark.parametrize(("purpose", "asked"), [("test", "xvfb xdotool"), ("run", "")])
def test_only_tests_need_an_x_server(system: System, purpose: str, asked: str) -> None:
    for name in ("sh", "cat", "env", "mktemp", "rm", "tail", "head"):
        (system.folder / name).symlink_to(f"/bin/{name}" if Path(f"/bin/{name}").exists() else f"/usr/bin/{name}")
    for name in ("Xvfb", "xdotool"):
        (system.folder / name).unlink()
    system.command("apt-get", f"echo $@ >> {system.folder}/asked.txt")
    # Only the fakes, because this machine may have the real programs; `.ci/setup` adds only the folders of ldconfig.
    done = subprocess.run(
        ["/bin/sh", str(SETUP), purpose], cwd=system.folder, env={"PATH": str(system.folder)}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0
    assert [line.rpartition("recommends ")[2] for line in system.asked()[1:]] == ([asked] if asked else [])


def test_without_venv_it_fails(system: System) -> None:
    system.user(1000)
    system.command("python3", "exit 1")
    status, said = system.run("run")
    assert status == 1 and "sudo apt-get install -y python3 python3-venv" in said


def test_sudo_without_a_password_is_used(system: System) -> None:
    system.user(1000)
    system.command("sudo", 'shift; exec "$@"')
    system.have(*OFFSCREEN[1:], *WINDOW)
    status, said = system.run("test")
    assert status == 1 and "Installing system packages: libegl1" in said  # the fake apt-get installs nothing
    assert system.asked()[1] == "install -y --no-install-recommends libegl1"


def test_without_apt_get_it_does_nothing(system: System) -> None:
    system.have()
    (system.folder / "apt-get").unlink()
    for name in ("sh", "cat"):
        (system.folder / name).symlink_to(f"/bin/{name}")
    done = subprocess.run(["/bin/sh", str(SETUP), "test"], env={"PATH": str(system.folder)}, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
