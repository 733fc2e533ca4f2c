"""The same scenario, parameters and seed give the same events: in any process, whatever its hash seed."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

RUNS = [
    ("boot", "--profile", "debian-2007"),
    ("kernel-loop", "--set", "operation=fork_like", "--set", "zone_map_size=1M", "--profile", "upstream-2007"),
    ("kernel-loop", "--set", "operation=no_senders_storm", "--set", "count=200", "--profile", "upstream-2005"),
    ("fork-bomb", "--set", "zone_map_size=1M", "--seed", "7"),
]
PROGRAM = f"""
from zoneviz.cli.main import main
for words in {RUNS!r}:
    assert main(["run", *words, "--no-record", "--json", "--quiet"]) == 0
"""


def results(hash_seed: str) -> list[dict[str, Any]]:
    """What a new process reports for each of RUNS, without the wall time."""
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, timeout=300, check=True)
    decoder, text, found = json.JSONDecoder(), done.stdout.lstrip(), []
    while text:
        result, end = decoder.raw_decode(text)
        del result["wall_seconds"]
        found.append(result)
        text = text[end:].lstrip()
    return found


def test_a_run_is_the_same_in_every_process() -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(results, ("0", "4242"))
    assert len(first) == len(RUNS) and all(result["events"] > 100 for result in first)
    assert first == second
