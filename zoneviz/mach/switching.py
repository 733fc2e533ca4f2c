"""A setting changed while the kernel runs, or a task killed: what an administrator could have done at that moment. No file of gnumach's.

Limits apply to the calls from then on; what exceeds a limit already stays. A libports policy decides about threads from then on: a
switch to `pool` keeps the threads there are and creates no more.
"""

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from zoneviz.errors import UsageError
from zoneviz.events import RECEIVE
from zoneviz.mach.dispatch import halt_self
from zoneviz.mach.limits import count_port
from zoneviz.mach.profile import SETTINGS, override
from zoneviz.mach.task import task_terminate

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel

KILL: Final = "kill"
"""Not a setting: terminates the tasks with this name, or the one with this number."""
SWITCHABLE: Final = (
    KILL,
    "libports",
    "max_processes",
    "max_threads",
    "max_task_ports",
    "max_user_ports",
    "collect_zones",
)
"""What can be switched. The other settings are sizes and servers chosen at boot."""


class Switch(NamedTuple):
    """After `event` events, at the next step of the scheduler, the setting `name` gets `value`, as text."""

    event: int
    name: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}={self.value}@{self.event}"


def parse(text: str) -> tuple[Switch, ...]:
    """The switches in `max_threads=64@25000; kill=null@30000`, in the order of their events.

    Errors: UsageError in one sentence.
    """
    return tuple(sorted((_one(part.strip()) for part in text.split(";") if part.strip()), key=lambda one: one.event))


def check(name: str, value: str) -> None:
    """Errors: UsageError if `name` cannot be switched while a kernel runs, or not to this value."""
    if name not in SWITCHABLE:
        raise UsageError(f"{name!r} cannot be switched while a kernel runs; these can: {', '.join(SWITCHABLE)}.")
    if name == KILL:
        if not value:
            raise UsageError("kill needs the name or the number of a task, for example kill=null.")
    else:
        SETTINGS[name].parse(value)


def apply(k: "Kernel", name: str, value: str) -> None:
    """Switch now, between two steps, and record a mark. Deterministic."""
    k.mark(f"{name}={value}")
    if name == KILL:
        _kill(k, value)
        return
    counted = bool(k.profile.max_user_ports)
    k.profile = override(k.profile, name, value)
    if k.profile.max_user_ports and not counted:
        k.user_ports.clear()
        for task in k.tasks.values():
            count_port(k, task.id, sum(1 for entry in task.space.entries.values() if entry.bits & RECEIVE))
    k.switched = True
    for follow in k.followers:
        follow()


def _kill(k: "Kernel", victim: str) -> None:
    """Terminate tasks as task_terminate does, from no thread of theirs; the running thread leaves the processor if it is one of them."""
    here = k.path
    k.path = k.root
    for task in [task for task in k.tasks.values() if victim in (task.name, str(task.id)) and task is not k.kernel_task]:
        task_terminate(k, task)
    k.path = here
    running: Any = k.current
    if running is not None and running.halting:
        k.path = k.root
        halt_self(k, running)


def _one(text: str) -> Switch:
    change, at, event = text.rpartition("@")
    name, equals, value = change.partition("=")
    digits = event.strip().replace(",", "")
    if not (at and equals and digits.isascii() and digits.isdecimal() and len(digits) < 18):
        raise UsageError(f"{text!r} is not of the form NAME=VALUE@EVENT, for example max_threads=64@25000.")
    check(name.strip(), value.strip())
    return Switch(int(digits), name.strip(), value.strip())
