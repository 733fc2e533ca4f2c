"""Policies as a user names them: a setting of the kernel or its servers that a run did not have, or a task to kill."""

from zoneviz import words
from zoneviz.app.whatif import LIMITS, Limit
from zoneviz.errors import UsageError
from zoneviz.mach.profile import SETTINGS
from zoneviz.mach.switching import KILL, SWITCHABLE, check

_SHORT = {
    "threads": "max_threads",
    "processes": "max_processes",
    "ports": "max_task_ports",
    "user_ports": "max_user_ports",
    "map": "zone_map_size",
}
EXAMPLES = "threads=64, processes=100, ports=2000, throttle, pool:4, map=32M, collect_zones=yes or kill=null"


def policy(text: str) -> Limit:
    """The policy that `threads=64`, `throttle`, `map=32M`, `kill=null` or a setting of a profile names.

    Errors: UsageError in one sentence for an unknown name or a value that is not allowed.
    """
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        name, value = "libports", name
    name = _SHORT.get(name, name)
    if name not in SETTINGS and name not in SWITCHABLE:
        raise UsageError(f"{text!r} is not a policy; use {EXAMPLES}.")
    if name == KILL:
        check(name, value)
        return Limit(name, value, f"{value} killed")
    parsed = SETTINGS[name].parse(value)
    if name in LIMITS:
        return Limit(name, str(parsed), LIMITS[name][1].format(f"{parsed:,}"))
    if name == "zone_map_size" and isinstance(parsed, int):
        return Limit(name, str(parsed), f"a zone_map of {words.size(parsed)}")
    notes = dict(zip(SETTINGS[name].choices, SETTINGS[name].notes, strict=False))
    return Limit(name, value, notes.get(value, f"{name}={value}"))


def at_boot_only(limit: Limit) -> bool:
    """Whether the policy can only be chosen when the kernel boots: a size of a map, a number of tasks."""
    return limit.setting not in SWITCHABLE
