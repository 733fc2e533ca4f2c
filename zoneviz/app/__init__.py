"""What one can do with no screen attached: run, record, import, look into a recording. Both doors call this.

`Simulation` is a run in progress, for who drives it in slices; `run` takes one from start to end. `open_recording`,
`info`, `state`, `compare`, `import_stream`, `verify`, `pack`, `cut` and `repair` work on files.
"""

from zoneviz.app.compare import compare, variant
from zoneviz.app.imports import import_stream
from zoneviz.app.info import info
from zoneviz.app.parts import cut, pack, repair
from zoneviz.app.running import Progress, run
from zoneviz.app.simulation import OUTCOMES, Simulation
from zoneviz.app.spec import Plan, RunSpec, default_output, recordings_folder
from zoneviz.app.state import open_recording, state
from zoneviz.app.verify import verify

__all__ = [
    "OUTCOMES",
    "Plan",
    "Progress",
    "RunSpec",
    "Simulation",
    "compare",
    "cut",
    "default_output",
    "import_stream",
    "info",
    "open_recording",
    "pack",
    "recordings_folder",
    "repair",
    "run",
    "state",
    "variant",
    "verify",
]
