"""`make bench`: measures speed and size, mostly as ratios of two measurements of the same run. See docs/performance.md."""

import argparse
import importlib
import json
import os
import platform
import sqlite3
import statistics
import sys
from pathlib import Path
from typing import Any

from bench import kernels, live, parts, peers, rival, sweeps
from zoneviz.recording import Recording

FOLDER = Path("build/bench")
MIB = 1 << 20
MACHINE = "this machine recorded"


def size(text: str) -> int:
    """An event count given as `10M`, `300k` or a plain number."""
    return int(float(text[:-1]) * {"k": 1000, "M": 1_000_000}[text[-1]]) if text[-1] in "kM" else int(text)


def figures(big: int, times: int) -> list[dict[str, Any]]:
    """All figures, in table order; each is printed as soon as it is measured. `big`: events of the large recording.

    `times`: how often a measurement is repeated; its median counts.
    """
    out: list[dict[str, Any]] = []

    def report(name: str, value: float, goal: float | None, unit: str, least: bool = False) -> None:
        ok = goal is None or (value >= goal if least else value <= goal)
        sign = "" if goal is None else f"{'>=' if least else '<='} {goal:g}"
        out.append({"name": name, "value": round(value, 4), "goal": goal, "sign": sign, "unit": unit, "ok": ok})
        print(f"{name:68} {value:12.3f} {unit:10} {sign:10} {'' if goal is None else 'ok' if ok else 'MISSED'}", flush=True)

    FOLDER.mkdir(parents=True, exist_ok=True)
    bomb_file, bare = simulating(times, report)
    events = Recording(bomb_file).event_count
    report("bytes an event in the file", bomb_file.stat().st_size / events, 40, "bytes")
    packs = [parts.packed(bomb_file) for _ in range(times)]
    report("bytes an event packed", packs[0][0] / events, 2, "bytes")
    report("packing an event over the bare loop", statistics.median(seconds for _, seconds in packs) / events / bare, 1.2, "x")
    peers_figures(events, report)
    small = big // 10
    few = 100_000
    paths = {n: FOLDER / f"churn-{n}.zvz" for n in sorted({big, small, few}, reverse=True)}
    several = times if big <= 2_000_000 else 1
    made = {n: [parts.child("record", str(path), str(n)) for _ in range(several)] for n, path in paths.items()}
    cost = {n: statistics.median(m["seconds"] / m["events"] for m in made[n]) for n in made}
    words = f"at {big:,} events over {small:,}"
    report(f"cost an event {words}", cost[big] / cost[small], 1.15, "x")
    times_of_seek = parts.seeks(paths[big], 400)
    report(f"seek to a random event of {big:,}: median", times_of_seek[200], 12, "ms")
    report(f"seek to a random event of {big:,}: 99th percentile", times_of_seek[396], 50, "ms")
    report("step one event forward", parts.steps(paths[big], 1), 0.2, "ms")
    report("step one event back", parts.steps(paths[big], -1), 0.2, "ms")
    report(f"opening {big:,} events", parts.median(times, lambda: parts.opened(paths[big])) * 1e3, 5, "ms")
    first = [parts.median(times, lambda n=n: parts.first_series(paths[n])) for n in (big, few)]  # type: ignore[misc]
    report(f"first curves of {big:,} events over {few:,}", first[0] / first[1], 1.5, "x")
    for words_of, goal in (("--version",), 0.06), (("--help",), 0.15), (("info", str(paths[big].resolve())), 0.25):
        report(f"zoneviz {words_of[0]}, the whole process", kernels.quickest(times, kernels.ROOT, *words_of), goal, "s")
    parts.packed(paths[big])
    packed = parts.beside(paths[big])
    report(f"scenarios that {big:,} events look like", parts.median(times, lambda: parts.compared(paths[big])), 0.2, "s")
    report(f"opening {big:,} events packed", parts.median(times, lambda: parts.opened(packed)), 0.1, "s")
    times_of_seek = parts.seeks(packed, 400)
    report(f"seek to a random event of {big:,} packed: median", times_of_seek[200], 12, "ms")
    report(f"seek to a random event of {big:,} packed: 99th percentile", times_of_seek[396], 50, "ms")
    report(f"cursor dragged across {big:,} events packed, two views: 99th percentile",
           parts.child("drag", str(packed), "Zone heatmap,Zones")["p99"], 50, "ms")  # fmt: skip
    peaks = {n: max(m["peak"] for m in made[n]) for n in made}
    report(f"peak memory of recording {words}", peaks[big] / peaks[small], 1.1, "x")
    window_figures(paths[big], big, report)
    readings_figures(report)
    report("peak memory of reading", parts.child("read", str(paths[big]))["peak"] / MIB, 400, "MB")
    rate, scaling, overhead = sweeps.measured(FOLDER)
    report("sweep, a worker for each core", rate, None, "runs/s")
    report("sweep, a worker for each core over as many times one worker", scaling, 0.9, "x", least=True)
    report("sweep with one worker over the bare runs", overhead, 1.05, "x")
    if why := live.available():
        out.append({"name": MACHINE, "skipped": why})
        print(f"{MACHINE:68} skipped: needs root and tracefs. {why}", flush=True)
    else:
        machine_figures(times, report)
    return out


def table(found: list[dict[str, Any]]) -> str:
    """The figures of build/bench.json as the Markdown table of docs/performance.md."""
    rows = [("figure", "value", "goal", ""), ("---",) * 4]
    for row in found:
        if "skipped" in row:
            rows.append((row["name"], "skipped", "", row["skipped"]))
            continue
        value, unit = row["value"], row["unit"]
        shown = f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
        rows.append((row["name"], f"{shown} {unit}", row["sign"], "" if not row["sign"] else "ok" if row["ok"] else "**missed**"))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def simulating(times: int, report: Any) -> tuple[Path, float]:
    """What simulating costs with each kernel; returns a recorded fork bomb and the seconds a row of the bare loop."""
    bomb_file, bare = FOLDER / "fork-bomb.zvz", 0.0
    for kernel, place in kernels.copies(FOLDER):
        found = kernels.measured(place, kernel, parts.child, times)
        if not bare:
            (place / "bomb.zvz").replace(bomb_file)
            ratio, bare = parts.insert_ratio(bomb_file, FOLDER, times)
            report("bare loop of 500 VALUES a statement", 1 / bare, None, "rows/s")
            report("rows/s recorded from arrays over that loop", ratio, 0.50, "x", least=True)
        events, goals = found["events"], kernels.GOALS[kernel]
        report(f"{kernel}: simulated and recorded", events / found["recorded"], None, "events/s")
        report(f"{kernel}: simulated and recorded over the bare loop", events * bare / found["recorded"], goals["rate"], "x", least=True)
        report(f"{kernel}: simulated, not recorded", events / found["alone"], None, "events/s")
        report(f"{kernel}: recording adds, in bare loops", (found["recorded"] - found["alone"]) / events / bare, 2.0, "x")
        report(f"{kernel}: the whole process, in bare loops", found["whole"] / events / bare, goals["whole"], "x")
        report(f"{kernel}: peak memory of a simulated fork bomb", found["peak"] / MIB, 120, "MB")
    return bomb_file, bare


def peers_figures(events: int, report: Any) -> None:
    """What heaptrack and memray need for as many events as the fork bomb has."""
    for name, why in peers.installed().items():
        if why:
            print(f"{name}: skipped. {why}", flush=True)
            continue
        rate, size = peers.recorded(name, events, FOLDER.resolve())
        report(f"{name} records as many events of a program", rate, None, "events/s")
        report(f"{name}: bytes an event", size, None, "bytes")


def machine_figures(times: int, report: Any) -> None:
    """What it costs to record this machine."""
    for words, least in ("call sites", 300_000), ("stacks", 60_000):
        most, lag = live.sustained(parts.child, words, FOLDER)
        report(f"{MACHINE} without loss, with {words}", most, least, "events/s", least=True)
        report("longest lag of the file behind the kernel at that rate", lag, 1.0, "s")
    runs = [parts.child("recorded", "50000", "5", "call sites", str(FOLDER / "recorded.zvz")) for _ in range(times)]
    report(f"{MACHINE} at 50,000 events/s: of a processor", statistics.median(r["share"] for r in runs) * 100, 25, "%")
    report("longest lag at 50,000 events/s", max(r["lag"] for r in runs), 1.0, "s")
    window = parts.child("following", "50000", "5", str(FOLDER / "following.zvz"))
    report("from an event of the kernel until the window shows it, at that rate", window["most"], 1.0, "s")
    slower = live.slowdown(times, FOLDER)
    report("find while zoneviz records, over find alone", slower["zoneviz"], 1.3, "x")
    for name in ("trace-cmd", "perf"):
        if name in slower:
            report(f"the same over {name} recording", slower["zoneviz"] / slower[name], 1.1 if name == "trace-cmd" else None, "x")
    report("decoding an event of the kernel", live.decoding(times) * 1e6, 0.3, "us")


def readings_figures(report: Any) -> None:
    """What a large capture of a real machine costs: 5,000 readings of 300 caches."""
    path = FOLDER / "slabs.zvz"
    many, few = (parts.child("readings", str(path.with_suffix(f".{n}.zvz")), str(n), "300") for n in (5000, 500))
    path = path.with_suffix(".5000.zvz")
    report("5,000 readings of 300 slab caches recorded", many["seconds"], 15, "s")
    report("peak memory of that over 500 readings", many["peak"] / few["peak"], 1.1, "x")
    report("curves of the 5,000 readings", parts.curves(path), 2.0, "s")
    report("seek to a random event of the 5,000 readings: median", parts.seeks(path, 100)[50], 12, "ms")
    report("cursor dragged across the 5,000 readings, two views: 99th percentile",
           parts.child("drag", str(path), "Zone heatmap,Zones")["p99"], 50, "ms")  # fmt: skip
    path = FOLDER / "day.zvz"
    part, day = (parts.child("watched", str(path), str(n), "235") for n in (8_640, 86_400))
    report("a reading of 235 caches a second recorded for a day: of a processor", day["seconds"] / 864, 1.0, "%")
    report("peak memory of that over 2.4 hours", day["peak"] / part["peak"], 1.1, "x")
    report("file of that day", path.stat().st_size / 1e6, 200, "MB")
    report("curves of that day", parts.curves(path), 1.0, "s")
    report("scenarios that day looks like", parts.compared(path), 0.2, "s")


def window_figures(path: Path, big: int, report: Any) -> None:
    """How responsive the window is: dragging the cursor, a live run, and the time until the chart is visible."""
    several, everything = (parts.child("drag", str(path), views) for views in ("Zone heatmap,Zones", "all"))
    report(f"cursor dragged across {big:,} events, two views: 99th percentile", several["p99"], 50, "ms")
    report(f"cursor dragged across {big:,} events, all views: 99th percentile", everything["p99"], 60, "ms")
    few, many = (parts.child("drag", str(FOLDER / "fork-bomb.zvz"), views) for views in ("Zone heatmap,Zones", "all"))
    for words, found, median, p99 in ("two views", few, 30, 50), ("all views", many, 40, 60):
        report(f"cursor dragged across a fork bomb, {words}: median to the first frame", found["median"], median, "ms")
        report(f"cursor dragged across a fork bomb, {words}: 99th percentile", found["p99"], p99, "ms")
    report("every view shows the moment after the last move", many["behind"], 250, "ms")
    run = parts.child("live", str(FOLDER / "live.zvz"))
    report("event loop blocked while a run records: 99th percentile", run["p99"], 20, "ms")
    report("event loop blocked while a run records: longest", run["most"], 100, "ms")
    report("run with the window over without", run["slower"], 1.5, "x")
    shown = parts.started(path)
    report(f"window with the chart of {big:,} events shown", shown, 0.95, "s")
    if rival.installed():
        settled = rival.settles("heaptrack_gui", str(rival.traced(big, FOLDER)))
        report(f"the same over heaptrack_gui settling on {big:,} events", shown / settled, 1.0, "x")


def main() -> int:
    """Print the figures and write build/bench.json; with --table, print that file; with --part, one part's measurements as JSON."""
    options = argparse.ArgumentParser(prog="bench")
    options.add_argument("--size", type=size, default=1_000_000)
    options.add_argument("--times", type=int, default=5)
    options.add_argument("--part", nargs="+")
    options.add_argument("--table", action="store_true", help="print the last figures as a Markdown table")
    given = options.parse_args()
    if given.table:
        print(table(json.loads(Path("build/bench.json").read_text())["figures"]))
        return 0
    if given.part:
        name, *words = given.part
        rooms = (importlib.import_module(f"bench.{room}") for room in ("parts", "live", "window"))  # only parts of the window load Qt
        print(json.dumps(next(getattr(room, name) for room in rooms if hasattr(room, name))(*words)))
        return 0
    machine = {
        "processors": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load": round(os.getloadavg()[0], 2),
        "size": given.size,
    }
    found = figures(given.size, given.times)
    Path("build/bench.json").write_text(json.dumps({"machine": machine, "figures": found}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
