"""Everything zoneviz does without a screen: run, record, import, examine, compare, export. Window, command line and API call this.

`Simulation` is a run that its caller advances in slices; `run` runs one to its end. `open_recording`, `info`, `state`,
`diagnose`, `compare`, `import_files`, `verify`, `pack`, `cut`, `repair`, `export` and `report` work on files.
"""

from zoneviz.app.captures import import_files, import_text
from zoneviz.app.claims import claims_for
from zoneviz.app.compare import are_readings, compare, compare_readings, variant
from zoneviz.app.diagnosis import diagnose
from zoneviz.app.doctor import doctor
from zoneviz.app.export import export
from zoneviz.app.imports import import_stream
from zoneviz.app.info import info
from zoneviz.app.live import Live, LiveStatus
from zoneviz.app.live_spec import LiveSpec
from zoneviz.app.parts import cut, pack, repair
from zoneviz.app.recording_live import open_live, record
from zoneviz.app.report import report
from zoneviz.app.running import Progress, run
from zoneviz.app.simulation import Simulation
from zoneviz.app.spec import default_output, recordings_folder
from zoneviz.app.state import open_recording, state
from zoneviz.app.verify import verify
from zoneviz.app.whatif import Effect, Limit, effects, limits
from zoneviz.app.writing import STDOUT
from zoneviz.spec import RunSpec

__all__ = [
    "STDOUT",
    "Effect",
    "Limit",
    "Live",
    "LiveSpec",
    "LiveStatus",
    "Progress",
    "RunSpec",
    "Simulation",
    "are_readings",
    "claims_for",
    "compare",
    "compare_readings",
    "cut",
    "default_output",
    "diagnose",
    "doctor",
    "effects",
    "export",
    "import_files",
    "import_stream",
    "import_text",
    "info",
    "limits",
    "open_live",
    "open_recording",
    "pack",
    "record",
    "recordings_folder",
    "repair",
    "report",
    "run",
    "state",
    "variant",
    "verify",
]
