"""Damaged captures of Linux: a result or one sentence, and no figure that is wrong and not named."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from zoneviz.app.captures import import_text
from zoneviz.captures.capture import Capture, ZoneRow
from zoneviz.captures.files import pasted
from zoneviz.captures.listings import UNFINISHED
from zoneviz.errors import InputError
from zoneviz.importers import CaptureImporter, importers

SAMPLES = sorted(path for path in Path(__file__).parent.glob("captures/linux-*/*") if path.suffix != ".json")
LISTINGS = [path for path in SAMPLES if path.parent.name not in ("linux-trace", "linux-meminfo", "linux-memleak", "linux-kmemleak")]
MUTATIONS, CUTS = 25, 40


def mutated(text: str, chance: random.Random) -> str:
    """The text with one to four damages: cuts, doubled, swapped and joined lines, other characters, longer numbers."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text) + 1)
        end = min(len(text), at + chance.randint(1, 60))
        lines = text.splitlines(keepends=True)
        line = chance.randrange(len(lines)) if lines else 0
        match chance.randrange(8):
            case 0:
                text = text[:at]
            case 1:
                text = text[:at] + text[end:]
            case 2:
                text = "".join([*lines[: line + 1], *lines[line:]])
            case 3:
                chance.shuffle(lines)
                text = "".join(lines)
            case 4:
                text = text[:at] + chance.choice("\0\n\r\t :-%KxX\x1b9") * chance.choice((1, 1, 400)) + text[at:]
            case 5:
                text = text[:at] + str(chance.randrange(10**40)) + text[at:]
            case 6:
                text = text.replace("\n", chance.choice(("\r\n", "\r", "\n\n", " \n", "\n> ", "")))
            case _:
                text = text[at:] + text[:at]
    return text


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_damage_gives_a_result_or_a_sentence(sample: Path) -> None:
    text = sample.read_text()
    for seed in range(MUTATIONS):
        try:
            result = import_text(mutated(text, random.Random(seed)), None)
        except InputError as error:
            assert "\n" not in str(error) and len(str(error)) < 3000
        else:
            assert all(moment["readings"] >= 0 for moment in result["recordings"])


def rows(text: str) -> Iterator[tuple[list[ZoneRow], Capture]]:
    """The rows of each moment, and the capture, which is complete after the last one."""
    opened = pasted(text)
    shown = list(opened.windows())
    importer = next(importer for importer in importers().values() if any(map(importer.sniff, shown)))
    assert isinstance(importer, CaptureImporter)
    capture = importer.capture(opened)
    for moment in importer.read(opened, capture):
        yield list(moment.zones), capture


@pytest.mark.parametrize("sample", LISTINGS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_cut_changes_no_figure_unsaid(sample: Path) -> None:
    text, chance = sample.read_text(), random.Random(1)
    known = {row for zones, _ in rows(text) for row in zones}
    for _ in range(CUTS):
        cut = text[: chance.randrange(len(text) // 3, len(text))]
        found = list(rows(cut))
        wrong = [row for zones, _ in found for row in zones if row not in known]
        assert not wrong or (len(wrong) == 1 and UNFINISHED in found[-1][1].trust), cut[-200:]
