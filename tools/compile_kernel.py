"""Compiles zoneviz.mach with mypyc: `make compiled`, and the build of a wheel.

Usage: compile_kernel.py [FOLDER]. The extension modules go to FOLDER, by default beside the sources in this checkout. Needs a C
compiler, `mypy[mypyc]` and setuptools. Exit status 1 if it cannot be done; the last line says why.
"""

import os
import shutil
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
KERNEL = "zoneviz/mach"


def compiled(work: Path) -> list[Path]:
    """The extension modules, relative to `work`, which gets a copy of the package.

    Errors: ImportError if a package is missing; SystemExit if a source or the C compiler fails.
    """
    from mypyc.build import mypycify  # type: ignore[import-untyped, unused-ignore]
    from setuptools import setup

    shutil.copytree(
        ROOT / "zoneviz", work / "zoneviz", ignore=shutil.ignore_patterns("__pycache__", *(f"*{end}" for end in EXTENSION_SUFFIXES))
    )
    os.chdir(work)
    # The package itself stays interpreted: it decides whether its modules are.
    sources = [str(path) for path in sorted(Path(KERNEL).glob("*.py")) if path.name != "__init__.py"]
    # -O1: -O3 gains 3 % and takes half as long again.
    extensions = mypycify(["--config-file=", "--strict", *sources], opt_level="1", multi_file=True, group_name="zoneviz_mach")
    setup(name="zoneviz", packages=[], py_modules=[], ext_modules=extensions, script_args=["--quiet", "build_ext", "--inplace"])
    return [path for folder in (Path(), Path(KERNEL)) for path in folder.glob(f"*{EXTENSION_SUFFIXES[0]}")]


def main(folder: str = str(ROOT)) -> None:
    """Compile, then replace the extension modules in the folder."""
    into = Path(folder).resolve()
    with TemporaryDirectory() as work:
        made = compiled(Path(work))
        for path in made:
            (into / path).parent.mkdir(parents=True, exist_ok=True)
            # Under a new name first: a running program may have the old one open.
            new = shutil.copy2(path, (into / path).with_suffix(".new"))
            os.replace(new, into / path)
        os.chdir(ROOT)


if __name__ == "__main__":
    main(*sys.argv[1:])
