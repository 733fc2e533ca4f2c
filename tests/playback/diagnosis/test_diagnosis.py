"""The diagnosis of whole runs, against counts by SQL and the pattern each run was made for."""

import json

import pytest

from tests.playback.diagnosis.conftest import Recorded
from zoneviz.errors import UsageError
from zoneviz.events import Kind
from zoneviz.playback import Player
from zoneviz.playback.diagnosis import Diagnosis, diagnose, steps
from zoneviz.recording import Recording

LIVE = """
    WITH last AS (SELECT address, max(seq) AS seq FROM events WHERE kind IN (2, 3) AND seq <= :at GROUP BY address)
    SELECT e.subject AS zone, e.task, e.path, count(*) AS count, sum(e.size) AS bytes
    FROM events e JOIN last l ON e.seq = l.seq WHERE e.kind = 2 AND e.seq > :first GROUP BY 1, 2, 3 ORDER BY bytes DESC, zone, task, path
"""


@pytest.mark.parametrize(
    ("operation", "pattern", "memory"),
    [
        ("fork_like", "fork bomb", "zone_map"),
        ("mach_port_allocate", "port leak", "zone_map"),
        ("thread_receive", "thread explosion", "zone_map"),
        ("mach_msg_send", "message backlog", "zone_map"),
        ("vm_allocate", "other", "zone_map"),
        ("task_create", "fork bomb", "ipc spaces"),
    ],
)
def test_the_planted_pattern_is_found(recorded: Recorded, operation: str, pattern: str, memory: str) -> None:
    size = ("zone_map_size=2M",) if operation == "task_create" else ()
    found = diagnose(recorded("kernel-loop", f"operation={operation}", *size))
    assert (found.pattern, found.ended and found.ended.name) == (pattern, memory)
    sentence = found.finding("pattern")
    assert sentence is not None
    assert ("cause" in sentence.sentence) == (sentence.confidence == "cause") == (pattern != "other")


def test_holders_and_growth_match_sql(recorded: Recorded) -> None:
    recording = recorded("fork-bomb")
    found = diagnose(recording)
    zones = {zone.id: zone.name for zone in recording.catalog.zones}
    rows = recording.query(LIVE, {"at": found.at, "first": 0})
    told = [(h.zone, h.task, h.count, h.bytes) for h in found.holders]
    assert told == [(zones[r["zone"]], r["task"], r["count"], r["bytes"]) for r in rows[: len(told)]]
    since = {(r["zone"], r["task"], r["path"]): r["bytes"] for r in recording.query(LIVE, {"at": found.at, "first": found.first})}
    ids = {name: number for number, name in zones.items()}
    assert [h.grown for h in found.holders] == [since.get((ids[h.zone], h.task, h.path), 0) for h in found.holders]
    assert sum(found.parts.values()) == sum(since.values())


def test_kept_elements_were_never_freed(recorded: Recorded) -> None:
    recording = recorded("fork-bomb")
    found = diagnose(recording)
    made = "SELECT z.name, count(*) AS n FROM events e JOIN zones z ON z.id = e.subject WHERE kind = 2 AND seq > ? AND seq <= ? GROUP BY 1"
    allocs = {row["name"]: row["n"] for row in recording.query(made, (found.first, found.at))}
    assert {row.zone: row.allocs for row in found.zones if row.allocs} == {name: n for name, n in allocs.items()}
    rows = recording.query(LIVE, {"at": found.at, "first": found.first})
    assert sum(row.kept for row in found.zones) == sum(row["count"] for row in rows)


def test_a_bomb_has_one_parent_and_its_largest_zone_is_not_its_cause(recorded: Recorded) -> None:
    recording = recorded("fork-bomb")
    found = diagnose(recording)
    assert (found.pattern, found.confidence) == ("fork bomb", "cause")
    assert {task.id: task.name for task in recording.catalog.tasks}[found.task] == "bomb"
    largest = found.finding("largest")
    assert largest is not None and largest.zone == "ipc ports" and "not the cause" in largest.sentence


@pytest.mark.parametrize("scenario", ["boot", "fork-chain", "kernel-ops"])
def test_a_healthy_run_has_no_pattern(recorded: Recorded, scenario: str) -> None:
    found = diagnose(recorded(scenario, "zone_map_size=2M"))
    assert (found.pattern, found.ended) == ("none", None)
    assert not any("cause" in finding.sentence for finding in found.findings)


def test_early_in_a_bomb_no_pattern_is_named(recorded: Recorded) -> None:
    recording = recorded("fork-bomb")
    assert diagnose(recording, at=recording.event_count // 10).pattern == "none"


def test_the_keeper_of_leaked_ports_is_a_client(recorded: Recorded) -> None:
    recording = recorded("ports-to-dev-null", "close=never", "processes=2", "opens=4000", "descriptors=no")
    found = diagnose(recording)
    keepers = found.finding("keepers")
    names = {task.id: task.name for task in recording.catalog.tasks}
    assert found.pattern == "port leak" and keepers is not None
    assert names[found.task] in ("null", "ext2fs") and names[keepers.task] not in ("null", "ext2fs")
    rights = Player(recording).seek(found.at).rights.of(keepers.task)
    assert 0 < keepers.numbers["of one"] <= rights.count().send


def test_every_finding_leads_to_something(recorded: Recorded) -> None:
    recording = recorded("kernel-loop", "operation=thread_receive")
    found = diagnose(recording)
    zones = {zone.name for zone in recording.catalog.zones}
    tasks = {task.id for task in recording.catalog.tasks}
    for finding in found.findings:
        assert 0 <= finding.seq <= recording.event_count
        assert finding.zone in zones | {""} and finding.task in tasks | {0} and finding.path < len(recording.catalog.paths.rows)
        assert finding.range is None or finding.range[0] <= finding.range[1] <= recording.event_count


def test_steps_report_progress_and_return_the_diagnosis(recorded: Recorded) -> None:
    work, told = steps(Player(recorded("fork-bomb"))), list[tuple[int, int]]()
    while True:
        try:
            told.append(next(work))
        except StopIteration as end:
            assert isinstance(end.value, Diagnosis)
            break
    assert told and told[-1][0] == told[-1][1] and [done for done, _ in told] == sorted(done for done, _ in told)


def test_it_is_json(recorded: Recorded) -> None:
    told = json.loads(json.dumps(diagnose(recorded("fork-bomb")).as_json()))
    assert told["pattern"] == "fork bomb"
    assert next(memory for memory in told["memories"] if memory["ended"])["name"] == "zone_map"


def test_an_invalid_range_is_refused(recorded: Recorded) -> None:
    recording = recorded("boot")
    with pytest.raises(UsageError):
        diagnose(recording, at=10, first=20)


def test_the_real_kernel_s_messages() -> None:
    with Recording("recordings/real-messages.zvz.zst") as recording:
        found = diagnose(recording)
    assert (found.pattern, found.confidence, found.ended and found.ended.name) == ("message backlog", "cause", "zone_map")
    asked = found.finding("asked")
    assert asked is not None and asked.zone == "kalloc.4096"
    said = found.finding("pattern")
    assert said is not None and "were not freed" in said.sentence and "queued" not in said.sentence  # the stream has no queues


def test_queued_messages_are_counted(recorded: Recorded) -> None:
    recording = recorded("kernel-loop", "operation=mach_msg_send")
    found = diagnose(recording)
    said = found.finding("pattern")
    kinds = "SELECT sum(CASE kind WHEN ? THEN 1 WHEN ? THEN -1 ELSE 0 END) AS n FROM events WHERE seq <= ?"
    (row,) = recording.query(kinds, (int(Kind.MSG_QUEUE), int(Kind.MSG_UNQUEUE), found.at))
    assert said is not None and row["n"] > 0 and f"were not freed, and {row['n']:,} are queued" in said.sentence


def test_tasks_of_one_name_are_summed(recorded: Recorded) -> None:
    recording = recorded("port-leak", "zone_map_size=1M")
    found = diagnose(recording)
    sentence = found.finding("pattern")
    assert sentence is not None and found.pattern == "port leak"
    ports = Player(recording).seek(found.at).ports
    names = recording.catalog.task_names
    leaks = [t for t, n in names.items() if n == "leak"]
    fresh = ports.receiver[ports.seq > found.first].tolist()
    most, together = fresh.count(found.task), sum(fresh.count(task) for task in leaks)
    assert f"{most:,} of the" in sentence.sentence and f"new ports belong to leak (task {found.task})." in sentence.sentence
    assert f"The {len(set(fresh) & set(leaks))} tasks of this name have {together:,} together." in sentence.sentence


def test_the_tasks_of_a_bomb_grow_since_the_bomb(recorded: Recorded) -> None:
    recording = recorded("fork-bomb", "zone_map_size=2M")
    memory, tasks = [finding for finding in diagnose(recording).findings if finding.kind == "since"]
    assert abs(memory.seq - tasks.seq) < 0.05 * recording.event_count
    sample = recording.query("SELECT tasks FROM samples WHERE seq = ?", (tasks.seq,))[0]["tasks"]
    assert tasks.numbers["from"] == sample > 40 and f"from {sample:,} to" in tasks.sentence
