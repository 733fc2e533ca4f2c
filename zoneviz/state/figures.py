"""The figures summed over events: of a zone, of the machine, of a task; and how often they are sampled."""

SAMPLE_STEP = 256
"""Events between two samples."""
LEVELS = (SAMPLE_STEP, SAMPLE_STEP * 16, SAMPLE_STEP * 256)
"""Samples whose seq is a multiple of a level can be read without the finer ones between them."""

ZONE_FIGURES = ("in_use", "free", "cur_size", "max_size", "allocs", "frees", "failures")
"""What a sample holds of a zone: elements, elements, bytes, bytes, and three counts since boot."""
IN_USE, FREE, CUR_SIZE, MAX_SIZE, ALLOCS, FREES, FAILURES = range(7)
"""Columns of `Totals.zones`, as `ZONE_FIGURES`."""

WASTED, PAGES, PAGES_FREE, PAGES_WIRED, OPERATIONS, FORKS, PROCESSES, MESSAGES = range(8)
"""Entries of `Totals.machine`."""

MAPS = ("zone_map", "kernel_map", "kalloc_map")
"""The kernel maps that have figures."""

MACHINE_FIGURES = (
    "zone_map_used", "zone_map_wasted", "kernel_map_used", "kalloc_map_used",
    "physical_pages", "physical_free", "physical_wired",
    "tasks", "threads", "ports", "messages", "operations", "forks", "processes",
)  # fmt: skip
"""What a sample holds of the machine: bytes, pages, counts."""

MAPS_SET = {f"{name}_used": name for name in MAPS}
"""Figures of a reading that also set the used bytes of a map, and so a column of a sample."""
MACHINE_SET = {
    "zone_map_wasted": WASTED, "physical_pages": PAGES, "physical_free": PAGES_FREE, "physical_wired": PAGES_WIRED,
    "messages": MESSAGES, "operations": OPERATIONS, "forks": FORKS, "processes": PROCESSES,
}  # fmt: skip
"""Figures of a reading that also set an entry of `Totals.machine`, and so a column of a sample."""

UNKNOWN = -1
"""Value of a figure of the machine (`Catalog.figures`) before a reading sets it."""

TASK_STEP = LEVELS[1]
"""Events in one stretch of `task_samples`."""
TASK_FIGURES = ("events", "allocs", "alloc_bytes", "frees", "free_bytes", "rpcs", "messages")
"""What a task did in a stretch of events. They can be summed over stretches and, for a server, over the tasks of its name."""
