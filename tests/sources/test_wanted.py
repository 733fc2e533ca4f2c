"""Filters: what the kernel is asked, what is kept of the decoded events, and what cannot match."""

import os
from pathlib import Path

import pytest

from tests.sources.formats import captured, formats
from zoneviz.errors import UsageError
from zoneviz.sources import wanted
from zoneviz.sources.linux_caches import NO_CACHES, Caches
from zoneviz.sources.wanted import Wanted

CACHES = Caches(
    {"dentry": 192, "filp": 256, "kmalloc-64": 64, "kmalloc-cg-64": 64, "kmalloc-96": 96, "msg_msg-64": 64},
    {},
    {"dentry": "dentry", "file_lock_cache": "dentry", "filp": "filp"},
)


def test_without_a_wish_nothing_is_filtered() -> None:
    assert not Wanted().partial and not Wanted().owned
    assert Wanted().filters(formats("6.6"), CACHES) == {}
    assert Wanted().threads() is None
    assert Wanted().keep(CACHES, "dentry")


def test_caches_are_filtered_by_name_where_the_event_has_it_and_else_by_size() -> None:
    only = Wanted(only=("dent*", "kmalloc-*"))
    _, _, new, _ = captured()
    assert only.filters(new, CACHES) == {
        "kmem/kmalloc": "(bytes_alloc == 64 || bytes_alloc == 96 || bytes_alloc > 8192)",
        "kmem/kmem_cache_alloc": '(name ~ "dent*" || name ~ "kmalloc-*")',
    }
    assert only.filters(formats("5.4"), CACHES)["kmem/kmem_cache_alloc_node"] == "bytes_alloc == 192"
    assert Wanted(only=("filp",)).filters(new, CACHES) == {
        "kmem/kmalloc": "bytes_alloc == 0", "kmem/kmem_cache_alloc": 'name ~ "filp"',
    }  # fmt: skip


def test_a_merged_cache_is_asked_for_by_the_name_that_the_kernel_reports() -> None:
    only = Wanted(only=("file_lock_cache",))
    _, _, new, _ = captured()
    assert only.filters(new, CACHES)["kmem/kmem_cache_alloc"] == '(name ~ "file_lock_cache" || name == "dentry")'
    assert only.keep(CACHES, "dentry") and not only.keep(CACHES, "filp")
    assert only.keep(CACHES, "do_one 192 (inferred)")


def test_sizes_and_commands_are_filtered_by_the_kernel() -> None:
    few = Wanted(min_size=4096, command="a-long-command-name")
    assert few.filters(formats("6.1"), CACHES)["kmem/kmalloc"] == 'bytes_alloc >= 4096 && comm ~ "a-long-command-"'
    assert few.partial and few.owned
    assert (
        Wanted(only=("msg_msg-64",), min_size=8).filters(formats("6.1"), CACHES)["kmem/kmalloc"] == "bytes_alloc == 64 && bytes_alloc >= 8"
    )


def test_a_filter_too_long_for_the_kernel_is_left_to_the_decoder() -> None:
    many = Caches({f"cache-{number:04}": 8 * number for number in range(1, 500)}, {}, {})
    assert Wanted(only=tuple(many.sizes)).filters(formats("6.6"), many) == {"kmem/kmalloc": "bytes_alloc == 0"}


@pytest.mark.parametrize("names", [("dentri",), ("dentry", "")])
def test_a_pattern_that_matches_no_cache(names: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match=rf"^No cache of this machine matches '{names[-1]}'\. `cat /proc/slabinfo` lists them\.$"):
        Wanted(only=names).check(CACHES)
    Wanted(only=names).check(NO_CACHES)


def test_patterns_and_commands_the_kernel_could_misread() -> None:
    for odd in (Wanted(only=('"',)), Wanted(command='a" || 1')):
        with pytest.raises(UsageError, match="leave out quotes and backslashes"):
            odd.check(CACHES)


def test_the_threads_of_a_process(tmp_path: Path) -> None:
    for thread in (7, 8):
        (tmp_path / "7" / "task" / str(thread)).mkdir(parents=True)
    assert Wanted(pid=7).threads(tmp_path) == [7, 8]
    with pytest.raises(UsageError, match=r"^There is no process 9\. `ps` lists them\.$"):
        Wanted(pid=9).threads(tmp_path)


def test_the_threads_of_a_control_group_and_of_those_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wanted, "CGROUPS", tmp_path)
    for folder, text in (("memory/app", "7\n8\n"), ("memory/app/worker", "9\n"), ("memory/empty", "")):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "cgroup.procs").write_text(text)
        (tmp_path / folder / "tasks").write_text(text)
    for name in ("app", "/app", f"{tmp_path}/memory/app", "memory/app"):
        assert Wanted(cgroup=name).threads() == [7, 8, 9]
    with pytest.raises(UsageError, match=r"^The control group empty has no process\.$"):
        Wanted(cgroup="empty").threads()
    with pytest.raises(UsageError, match=r"^The control group 'other' does not exist below"):
        Wanted(cgroup="other").threads()


def test_this_process_is_in_a_control_group() -> None:
    groups = Path("/proc/self/cgroup")
    if not groups.exists() or not Path("/sys/fs/cgroup").is_dir():
        pytest.skip("no control groups here")
    paths = {line.split(":", 2)[2] for line in groups.read_text().splitlines()} - {"/"}
    for path in paths:
        assert os.getpid() in (Wanted(cgroup=path).threads() or [])
