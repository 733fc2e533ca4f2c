"""Compiles the kernel when a wheel is built, if there is a C compiler. Without one the wheel holds Python only, and runs the same."""

import os
import shutil
import subprocess
import sys
import sysconfig
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledKernel(BuildHookInterface[Any]):
    """Adds the extension modules of tools/compile_kernel.py to a wheel. ZONEVIZ_PURE leaves them out."""

    def dependencies(self) -> list[str]:
        """The packages that compiling needs; none where it would fail."""
        return [] if self._hindrance() else ["mypy[mypyc]>=2.1", "setuptools"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, or say in one line why not. An editable installation stays interpreted; it has `make compiled`."""
        if version == "editable":
            return
        self._folder = TemporaryDirectory()
        why = self._hindrance() or self._compile()
        if why:
            self.app.display_warning(f"The kernel is not compiled: {why}. It runs as Python: simulating takes 2.4 to 3.4 times as long.")
            return
        for path in Path(self._folder.name).rglob("*.*"):
            build_data["force_include"][str(path)] = str(path.relative_to(self._folder.name))
        build_data["dependencies"].append(f"librt>={metadata.version('librt')}")
        build_data["infer_tag"], build_data["pure_python"] = True, False

    def _hindrance(self) -> str:
        """Why there is no point in trying; "" if there is."""
        if os.environ.get("ZONEVIZ_PURE"):
            return "ZONEVIZ_PURE is set"
        compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "").split()[:1]
        # On Windows setuptools finds the compiler, which is not in PATH.
        return f"there is no C compiler {compiler[0]}" if compiler and shutil.which(compiler[0]) is None else ""

    def _compile(self) -> str:
        """Fill the folder. Why it failed; "" if it did not."""
        script = Path(self.root, "tools", "compile_kernel.py")
        done = subprocess.run([sys.executable, str(script), self._folder.name], capture_output=True, check=False)
        return "compiling fails, as tools/compile_kernel.py shows" if done.returncode else ""
