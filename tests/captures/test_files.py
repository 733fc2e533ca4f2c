"""Files, folders, archives and standard input; damaged, encrypted and hostile ones are named and left out."""

import gzip
import io
import sys
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from zoneviz.captures.files import pasted, texts
from zoneviz.errors import InputError, ZonevizError

TEXT = b"kalloc.16  16  17320K\n"


def read(*paths: Path | str) -> tuple[dict[str, bytes], list[str]]:
    """The contents by name, and the refusals."""
    refused: list[str] = []

    def refuse(name: str, error: ZonevizError) -> None:
        refused.append(str(error))

    found = {}
    for text in texts(paths, refuse):
        with text:
            found[text.name] = b"".join(text.blocks())
    return found, refused


def tar_of(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zip_of(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_folder_is_read_by_name_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "deep/c.txt", ".DS_Store", "._a.txt", ".git/d.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(TEXT)
    assert [Path(name).name for name in read(tmp_path)[0]] == ["a.txt", "b.txt", "c.txt"]


FILES = {"in/a.txt": TEXT, "in/b.txt.gz": gzip.compress(TEXT), "__MACOSX/in/._a.txt": b"x", "in/.hidden": b"x"}


@pytest.mark.parametrize("data", [zip_of(FILES), tar_of(FILES), gzip.compress(tar_of(FILES))], ids=["zip", "tar", "tar.gz"])
@pytest.mark.parametrize("piped", [False, True])
def test_archives(tmp_path: Path, data: bytes, piped: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(data)

    monkeypatch.setattr(sys, "stdin", Stdin())
    (tmp_path / "any.name").write_bytes(data)
    found, refused = read("-" if piped else tmp_path / "any.name")
    assert list(found.values()) == [TEXT, TEXT] and not refused
    assert [name.rpartition("/in/")[2] for name in found] == ["a.txt", "b.txt.gz"]


def test_empty_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zip_of({"a.txt": b"", "b.txt": TEXT}))
    found, refused = read(tmp_path / "a.zip")
    assert list(found.values()) == [TEXT] and refused == [f"{tmp_path}/a.zip/a.txt is empty."]


@pytest.mark.parametrize("pack", [zip_of, tar_of], ids=["zip", "tar"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.8])
def test_cut_archives_are_named(tmp_path: Path, pack: object, share: float) -> None:
    assert callable(pack)
    data = pack({f"{i}.txt": bytes(range(256)) * 40 for i in range(5)})
    (tmp_path / "a").write_bytes(data[: int(len(data) * share)])
    try:
        refused = read(tmp_path / "a")[1]
    except InputError as error:
        refused = [str(error)]
    assert refused and all("\n" not in sentence for sentence in refused)


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive, archive.open("big.txt", "w") as member:
        for _ in range(300):
            member.write(b"\n" * (1 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="unpacks to more than 1,000 times its size"):
            for text in texts([tmp_path / "b.zip"], lambda name, error: None):
                with text:
                    for _ in text.blocks():
                        pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 32 << 20


def test_an_encrypted_member_is_named(tmp_path: Path) -> None:
    data = bytearray(zip_of({"a.txt": TEXT}))
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + place] |= 1  # the flag "encrypted"
    (tmp_path / "a.zip").write_bytes(data)
    found, (refused,) = read(tmp_path / "a.zip")
    assert not found and "encrypted" in refused and "Unpack the archive" in refused


def test_a_missing_path_and_an_unreadable_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read(tmp_path / "none")
    with pytest.raises(InputError, match="does not exist"):
        read(tmp_path / ("n" * 100) / "none")


def test_a_name_of_100000_characters_and_a_nul() -> None:
    for name in ("n" * 100_000, "a\0b"):
        found, refused = read(name)
        assert not found and len(refused) == 1 and len(refused[0]) < 500


def test_pasted_text() -> None:
    with pasted("zwölf\ud800") as text:
        assert [line.text for line in text.lines()] == ["zwölf?"]
    with pytest.raises(InputError, match="Pasted text is empty"):
        pasted("")


def test_the_name_of_a_member_is_one_short_line(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(tar_of({"a\nb\x1b[2J" + "c" * 300: TEXT}))
    (name,) = read(path)[0]
    assert name.isprintable() and len(name) < len(str(path)) + 210
