"""Every value that a real capture reports comes out of its importer; tests/importers/captures/README.md."""

import json
from pathlib import Path
from typing import Any

import pytest

from zoneviz.app.captures import import_files
from zoneviz.app.verify import verify
from zoneviz.errors import InputError

SAMPLES = Path(__file__).parent / "captures"
EXPECTED = sorted(SAMPLES.glob("*/*.json"))


def sample_of(expected: Path) -> Path:
    """The capture beside its expected values."""
    (sample,) = (path for path in expected.parent.glob(f"{expected.stem}.*") if path.suffix != ".json")
    return sample


def differences(expected: Any, found: Any, path: str = "") -> list[str]:
    """Where `found` lacks or contradicts `expected`; it may say more. `trust` is compared by its number of sentences only."""
    if isinstance(expected, dict):
        if not isinstance(found, dict):
            return [f"{path}: {found!r} instead of {expected!r}"]
        return [line for key in expected for line in differences(expected[key], found.get(key), f"{path}.{key}")]
    if isinstance(expected, list) and path.endswith(".trust"):
        return [] if found or not expected else [f"{path}: nothing is said"]
    if isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            return [f"{path}: {found!r} instead of {expected!r}"]
        pairs = enumerate(zip(expected, found, strict=True))
        return [line for i, (one, other) in pairs for line in differences(one, other, f"{path}[{i}]")]
    same = found == pytest.approx(expected) if isinstance(expected, float) else found == expected
    return [] if same else [f"{path}: {found!r} instead of {expected!r}"]


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_value_comes_out(expected: Path, tmp_path: Path) -> None:
    sample = json.loads(expected.read_text())
    assert sample["source"]
    if sample["expect"].get("import_") == "refuse":
        with pytest.raises(InputError) as caught:
            import_files([sample_of(expected)], None)
        command = sample["expect"]["say"].partition("take ")[2].split(" or ")
        assert all(word in str(caught.value) for word in command)
        return
    result = import_files([sample_of(expected)], tmp_path / "a.zvz")
    (capture,) = result["captures"]
    assert capture["kind"] == sample["kind"]
    assert differences(sample["expect"], capture["said"]) == []
    assert result["complete"] and verify(tmp_path / "a.zvz")["sound"]
