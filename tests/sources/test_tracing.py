"""Tracing instances of the running kernel: made, read, and removed. Nothing else on the machine may change."""

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from zoneviz.errors import EnvironmentProblem
from zoneviz.events import Catalog, Event, Kind
from zoneviz.importers.linux_trace.reader import Reader
from zoneviz.sources.kallsyms import Symbols
from zoneviz.sources.linux_caches import Zones
from zoneviz.sources.linux_kmem import EVENTS, LinuxKmem
from zoneviz.sources.owners import Tasks
from zoneviz.sources.ringbuffer import decode, values
from zoneviz.sources.tracing import Tracing, remove_stale, tracefs

FREE = "kmem/kmem_cache_free"


def instances(root: Path, pid: int | None = None) -> list[str]:
    """The instances of this process, or of another one."""
    return sorted(path.name for path in (root / "instances").glob(f"zoneviz-{pid or os.getpid()}"))


def test_an_instance_delivers_events_and_goes(tracing_root: Path) -> None:
    before = (tracing_root / "tracing_on").read_text(), (tracing_root / "events" / FREE / "enable").read_text()
    with Tracing(tracing_root, [FREE, "kmem/no_such_event"], buffer=1 << 20) as tracing:
        assert tracing.events == (FREE,)
        assert instances(tracing_root) == [tracing.folder.name]
        os.stat("/")
        for _ in range(200):
            os.close(os.open("/dev/null", os.O_RDONLY))
        tracing.stop()
        events = decode(tracing.read(), tracing.layout)
        mine = tracing.formats["kmem_cache_free"]
        assert (values(events, events.at, mine.fields["common_pid"]) == os.getpid()).sum() >= 200
    assert instances(tracing_root) == []
    assert before == ((tracing_root / "tracing_on").read_text(), (tracing_root / "events" / FREE / "enable").read_text())


def test_stacks_follow_their_events(tracing_root: Path) -> None:
    with Tracing(tracing_root, [FREE], stacks=[FREE], buffer=1 << 20) as tracing:
        for _ in range(50):
            os.close(os.open("/dev/null", os.O_RDONLY))
        tracing.stop()
        ids = {name: form.id for name, form in tracing.formats.items()}
        for pages in tracing.read():
            found = decode([pages], tracing.layout).id.tolist()
            for event, following in pairwise(found):
                if event == ids["kmem_cache_free"]:
                    assert following == ids["kernel_stack"]


def test_a_filter_that_the_kernel_refuses_is_one_sentence_and_leaves_nothing(tracing_root: Path) -> None:
    sentence = rf"^The kernel refuses to set events/{FREE}/filter to 'no_such_field == 1': .*\.$"
    with pytest.raises(EnvironmentProblem, match=sentence):
        Tracing(tracing_root, [FREE], filters={FREE: "no_such_field == 1"})
    assert instances(tracing_root) == []


def test_the_instance_of_a_killed_process_goes_at_the_next_start(tracing_root: Path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from zoneviz.sources.tracing import Tracing
Tracing(Path({str(tracing_root)!r}), [{FREE!r}], buffer=1 << 20)
print(os.getpid(), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    killed = int(done.stdout)
    assert instances(tracing_root, killed)
    remove_stale(tracing_root)
    assert instances(tracing_root, killed) == []


def test_without_tracefs_the_command_that_mounts_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("zoneviz.sources.tracing.PLACES", (tmp_path,))
    with pytest.raises(EnvironmentProblem, match="mount -t tracefs"):
        tracefs()


def test_what_ftrace_prints_of_the_same_events_is_imported_alike(tracing_root: Path) -> None:
    catalog, printed, sent = Catalog(), Catalog(), list[Event]()
    with Tracing(tracing_root, EVENTS, buffer=4 << 20) as tracing:
        for _ in range(200):
            os.close(os.open("/dev/null", os.O_RDONLY))
        tracing.stop()
        text = (tracing.folder / "trace").read_bytes()
        kmem = LinuxKmem(tracing.formats, catalog, Symbols(""), Zones(catalog), Tasks(catalog), sized=True)
        rows = kmem.rows(decode(tracing.read(), tracing.layout), 1 << 62)
    Reader(printed, sent.append, lambda: None).run([text])

    def elements(events: Iterable[Sequence[int]], names: list[str]) -> list[tuple[object, ...]]:
        return [(row[0], row[3], names[row[5] - 1], *row[6:]) for row in events if row[0] in (Kind.ZALLOC, Kind.ZFREE)]

    ours = elements(rows.tolist(), [zone.name for zone in catalog.zones])
    theirs = elements(sent, [zone.name for zone in printed.zones])
    assert len(ours) > 300
    assert ours == theirs
