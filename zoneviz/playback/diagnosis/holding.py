"""The largest groups of live elements as rows of a result."""

from zoneviz.events import Catalog
from zoneviz.playback.diagnosis.results import Holder
from zoneviz.playback.diagnosis.usage import Usage


def holders(catalog: Catalog, usage: Usage, fresh: Usage, most: int) -> list[Holder]:
    """The `most` largest rows of `usage`; `fresh`: that of the elements allocated in the stretch."""
    names = catalog.task_names
    grown = {(zone, task, path): size for zone, task, path, _, size in fresh.rows()}
    out = []
    for zone, task, path, count, size in usage.rows()[:most]:
        inside = 0 <= path < len(catalog.paths.rows)
        name = catalog.zones[zone - 1].name if 0 < zone <= len(catalog.zones) else ""
        frames = catalog.paths.frames(path) if inside else []
        out.append(Holder(name, task, names.get(task, ""), path if inside else -1, frames, count, size, grown.get((zone, task, path), 0)))
    return out
