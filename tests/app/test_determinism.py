"""The same scenario, parameters and seed give the same events: in any process, whatever its hash seed."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

RUNS = [
    ("boot", "--profile", "debian-2007"),
    ("kernel-loop", "--set", "operation=fork_like", "--set", "zone_map_size=1M", "--profile", "upstream-2007"),
    ("kernel-loop", "--set", "operation=no_senders_storm", "--set", "count=200", "--profile", "upstream-2005"),
    ("fork-bomb", "--set", "zone_map_size=1M", "--seed", "7"),
]


def result(args: tuple[str, ...], hash_seed: str) -> dict[str, Any]:
    """What a fresh process makes of a run, less what belongs to the wall clock."""
    command = [sys.executable, "-m", "zoneviz", "run", *args, "--no-record", "--json"]
    done = subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, timeout=300, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    del told["wall_seconds"]
    return told


@pytest.mark.parametrize("args", RUNS, ids=" ".join)
def test_a_run_is_the_same_in_every_process(args: tuple[str, ...]) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second, third = pool.map(lambda seed: result(args, seed), ("0", "1", "random"))
    assert first["events"] > 100
    assert first == second == third
