"""The simulated kernel: one module for each gnumach file, standard library only; kernel.py holds it together.

Modules import the functions they call. Three groups import each other, as gnumach's files call each other, and use whole
modules for that: zalloc, vm_kern, vm_object and pmap; ipc_port and ipc_kmsg; task and thread.

mypyc can compile the modules (tools/compile_kernel.py). Extension modules beside the sources are used, unless ZONEVIZ_PURE is set
or a source of this checkout has changed since.
"""

import os
import sys
from importlib.machinery import EXTENSION_SUFFIXES, SOURCE_SUFFIXES, FileFinder, SourceFileLoader
from pathlib import Path


def _outdated(folder: Path) -> bool:
    """Whether a source is newer than an extension module. Never in a wheel, where the times are those of the installation."""
    built = [path.stat().st_mtime for path in folder.glob(f"*{EXTENSION_SUFFIXES[0]}")]
    in_checkout = (folder.parents[1] / "pyproject.toml").exists()
    return in_checkout and bool(built) and max(path.stat().st_mtime for path in folder.glob("*.py")) > min(built)


if os.environ.get("ZONEVIZ_PURE") or _outdated(Path(__file__).parent):
    # Python looks for the modules of this package with a finder that knows sources only.
    for _folder in __path__:
        sys.path_importer_cache[_folder] = FileFinder(_folder, (SourceFileLoader, SOURCE_SUFFIXES))
