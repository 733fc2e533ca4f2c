"""What a machine that can be asked for readings looks like to a recording; one file here for each kind of machine."""

from typing import Protocol

from zoneviz.captures.capture import Moment


class ReadingSource(Protocol):
    """A machine whose caches can be read again and again.

    `system`: such as "Linux 6.18.44 x86_64"; `zone_noun`: what it calls a zone; `shows`: words of `recording.header.SHOWN` that its
    readings have data on. `trust` and `cannot_show`: sentences on what must be said beside the figures; they may grow.
    """

    system: str
    zone_noun: str
    shows: frozenset[str]
    trust: list[str]
    cannot_show: list[str]

    def moment(self) -> Moment:
        """A reading, taken now.

        Errors: EnvironmentProblem if the machine cannot be read any more.
        """
        ...
