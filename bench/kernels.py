"""What simulating costs with each of the two kernels, compiled and interpreted. They run in separate processes, from separate copies."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
GOALS: dict[str, dict[str, float]] = {
    "compiled": {"rate": 0.30, "whole": 4.3},
    "interpreted": {"rate": 0.18, "whole": 6.7},
}
SCENARIO = "fork-bomb"


def copies(folder: Path) -> Iterator[tuple[str, Path]]:
    """(kernel, folder of a copy of the program that runs it) for each kernel; only "interpreted" where compiling fails."""
    for kernel in GOALS:
        place = (folder / kernel).resolve()
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        shutil.copytree(ROOT / "zoneviz", place / "zoneviz", ignore=shutil.ignore_patterns("__pycache__", "*.so", "*.pyd"))
        for name in ("bench", "resources", "recordings", "docs"):
            (place / name).symlink_to(ROOT / name)
        if kernel == "compiled":
            compiler = [sys.executable, str(ROOT / "tools/compile_kernel.py"), str(place)]
            done = subprocess.run(compiler, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"the compiled kernel: skipped. {(done.stderr.splitlines() or ['Compiling failed.'])[-1]}", flush=True)
                continue
        yield kernel, place


def measured(place: Path, kernel: str, child: Any, times: int) -> dict[str, float]:
    """Medians of `times` runs of a fork bomb: processor seconds `recorded`, `alone` (not recorded) and `whole` (the whole process).

    Also `events` and `peak`, bytes of memory of a simulated run. Errors: RuntimeError if the copy runs the other kernel.
    """
    found: dict[str, list[float]] = {"recorded": [], "alone": [], "whole": [], "events": [], "peak": []}
    for _ in range(times):
        recorded = child("bombed", str(place / "bomb.zvz"), at=place)
        alone = child("bombed", "", at=place)
        if recorded["compiled"] != (kernel == "compiled"):
            raise RuntimeError(f"{place} does not run the {kernel} kernel")
        found["recorded"].append(recorded["seconds"])
        found["events"].append(recorded["events"])
        found["alone"].append(alone["seconds"])
        found["peak"].append(alone["peak"])
        found["whole"].append(process(place, "run", SCENARIO, "--quiet", "--force", "-o", str(place / "whole.zvz")))
    return {name: statistics.median(values) for name, values in found.items()}


def process(place: Path, *words: str) -> float:
    """Processor seconds of the whole process `zoneviz WORDS`, its start and end included. Errors: CalledProcessError if it fails."""
    with tempfile.TemporaryDirectory() as home:
        homes = {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}
        settings = os.environ | homes | {"PYTHONPYCACHEPREFIX": str(ROOT / "build/bench/cache")}
        settings.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-m", "zoneviz", *words]
        with subprocess.Popen(command, cwd=place, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as program:
            _, status, used = os.wait4(program.pid, 0)
            program.returncode = os.waitstatus_to_exitcode(status)
        if program.returncode:
            raise subprocess.CalledProcessError(program.returncode, command)
        return used.ru_utime + used.ru_stime


def quickest(times: int, place: Path, *words: str) -> float:
    """The median processor seconds of `zoneviz WORDS`, after one run that compiles its modules."""
    process(place, *words)
    return statistics.median(process(place, *words) for _ in range(times))
