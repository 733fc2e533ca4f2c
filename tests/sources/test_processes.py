"""The list of running processes."""

from pathlib import Path

from zoneviz.sources.processes import processes


def made(proc: Path, pid: int, command: str, line: bytes) -> None:
    folder = proc / str(pid)
    folder.mkdir()
    (folder / "comm").write_text(f"{command}\n")
    (folder / "cmdline").write_bytes(line)


def test_processes_have_a_program_and_a_name(tmp_path: Path) -> None:
    made(tmp_path, 2, "kthreadd", b"")
    made(tmp_path, 31, "find", b"find\0/usr\0")
    made(tmp_path, 900, "my tool", b"./tool\0")
    (tmp_path / "7").mkdir()  # ended while we looked
    assert processes(tmp_path) == [(900, "my tool"), (31, "find")]


def test_a_machine_without_proc_has_none_to_choose(tmp_path: Path) -> None:
    assert processes(tmp_path / "proc") == []
