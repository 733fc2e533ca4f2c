"""A report that can be read without zoneviz: `html.page`, `text.letter`. `app.report` collects the facts and writes the archive."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zoneviz import settings, words  # not the function settings.text: importing report.text replaces that name
from zoneviz.exporters.report.curves import Curves
from zoneviz.exporters.report.pagefilm import PageFilm
from zoneviz.playback.diagnosis import Diagnosis, Finding
from zoneviz.recording.outcome import outcome

ANSWER = ("pattern", "growth", "since", "caches", "reserved")
"""Kinds of findings that say what filled the memory and since when. The first of "memory" is the lead, the others are the evidence."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A view in both themes, as PNG. `name`: prefix of its files. `drawn`: the page has a chart of the same, so it leaves this out."""

    name: str
    title: str
    light: bytes
    dark: bytes
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """How the run ends with one limit. `limit`: its description, "" for the run as recorded; `outcome` in words.

    `seconds`: simulated; `used`, `size`: bytes of zone_map; `counts`: of the machine. `prevented`: the panic or hang did not come.
    """

    limit: str
    outcome: str
    prevented: bool
    seconds: float
    used: int
    size: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Remark:
    """A note at a place `x` of the axis, after event `seq`; `moment`: the same in words."""

    x: float
    seq: int
    moment: str
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The content of a report.

    `info`: as `app.info`; `machine`: as `app.state`, at the moment; `command`: reproduces the recording, or ""; `note`: the user's
    comment; `versions`, `files`: name and description. `console`: the last lines that the kernel printed; `call_path`: of the panic,
    outermost first. `threads`: by server, the number of threads for each of `lanes.DOING`. `tried`: the run as recorded, then with each
    limit, or nothing if that was not asked for; `triable`: whether it can be.
    """

    info: Mapping[str, Any]
    machine: Mapping[str, Any]
    diagnosis: Diagnosis
    series: Curves
    command: str = ""
    note: str = ""
    console: list[str] = field(default_factory=list)
    call_path: list[str] = field(default_factory=list)
    threads: Mapping[str, list[int]] = field(default_factory=dict)
    waits: list[str] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)
    triable: bool = False
    remarks: list[Remark] = field(default_factory=list)
    pages: PageFilm | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Scenario or system, and the end of the run."""
        return f"{self.info['scenario'] or self.info['system'] or 'A recording'}: {self.ending}"

    @property
    def ending(self) -> str:
        """How the run ended, in a few words."""
        panic = self.info["panic"]
        return f"panic, {panic['text']}" if panic else self._outcome

    @property
    def _outcome(self) -> str:
        return outcome(str(self.info["outcome"]), str(self.info["kind"]), bool(self.info["complete"])).word.lower()

    @property
    def answer(self) -> list[Finding]:
        """The findings that say what filled the memory and since when."""
        return [finding for finding in self.diagnosis.findings if finding.kind in ANSWER]

    @property
    def evidence(self) -> list[Finding]:
        """The other findings: the figures behind the answer."""
        return [finding for finding in self.diagnosis.findings if finding.kind not in ANSWER and finding is not self.lead]

    @property
    def lead(self) -> Finding | None:
        """The finding that says how it ended."""
        return self.diagnosis.finding("memory")

    def rows(self) -> list[tuple[str, str]]:
        """Names and values of the run's settings and results."""
        info = self.info
        out = [("kind", str(info["kind"]))] + ([("system", str(info["system"]))] if info["system"] else [])
        out.append(("scenario" if info["profile"] else "title", str(info["scenario"])))
        out += [(f"parameter {name}", settings.text(value)) for name, value in info["parameters"].items()]
        if info["profile"]:
            out += [("profile", str(info["profile"])), ("seed", str(info["seed"]))]
        out += [(f"profile: {name}", settings.text(value)) for name, value in info["profile_values"].items()]
        clock = words.fine_time(round(info["seconds"] * 1e9)) if info["time_kind"] == "ns" else "no clock"
        out += [("outcome", self._outcome), ("events", words.number(info['events'])), (str(info["clock"]), clock)]
        if info["readings"]:
            out.append(("readings", words.number(info['readings'])))
        if not info["complete"]:
            out.append(("incomplete", str(info["incomplete_reason"])))
        if info["part_of"]:
            out.append(("excerpt of", str(info["part_of"])))
        out += [("model", str(info["model"]))] if info["model"] else []
        return [*out, ("digest of the events", str(info["digest"]))]

    def clock(self, x: float) -> str:
        """A place on the axis of the series as text."""
        return f"{self.series.counted} {words.number(round(x))}" if self.series.counted else words.time(round(x * 1e9))
