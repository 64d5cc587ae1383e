"""The build hook of the wheel: criteria are read and parsed by machine code where a C compiler is at hand.

mypyc compiles the modules as they stand; the extension modules lie beside the sources in the wheel and are imported
instead of them. Without a compiler, when anything goes wrong, and with ELIGIBILITY_PURE=1 in the environment, the wheel
is pure Python and a line says so. Editable installs are always pure, so that an edit counts at once.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NEEDED = ["mypy>=2.4,<2.5", "setuptools>=77"]
FOLDERS = ("eligibility/criteria", "eligibility/rules", "eligibility/rules/meaning")
# What is asked of the words of every criterion.
ASKED = ("names", "judgement", "results", "tumour_words")
# The nouns that users hold stay as they are, to be pickled, copied and made from any values; the rest is not hot.
AS_WRITTEN = frozenset(
    ("__init__", "criterion", "rule", "notation", "notation_reader", "rulebook", "strange_words", "elimination")
)
# What the build environment has installed must not change the result, so nothing outside the package is looked at.
CHECKING = ["--config-file=", "--no-site-packages", "--ignore-missing-imports"]
MINUTES = 15


class CompiledWheel(BuildHookInterface[Any]):
    """Adds extension modules to a wheel."""

    def dependencies(self) -> list[str]:
        """What is needed to compile; nothing when the wheel will be pure."""
        return [] if reason_for_pure() else NEEDED

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless the install is editable; then the wheel is one for this interpreter and platform."""
        self._folder = tempfile.mkdtemp()
        if version == "editable":
            return
        reason = reason_for_pure() or failure(Path(self.root), Path(self._folder))
        if reason:
            self.app.display_warning(f"eligibility: a wheel of pure Python ({reason})")
            return
        built = Path(self._folder, "built")
        files = [path for path in built.rglob("*") if path.suffix in (".so", ".pyd")]
        build_data["force_include"].update({str(path): path.relative_to(built).as_posix() for path in files})
        build_data["pure_python"], build_data["infer_tag"] = False, True
        self.app.display_info(f"eligibility: a wheel with {len(files)} extension modules")

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was made on the way."""
        shutil.rmtree(self._folder, ignore_errors=True)


def reason_for_pure() -> str:
    """Why not even to try: it was asked for, another kind of Python, no compiler; empty when there is no reason."""
    if os.environ.get("ELIGIBILITY_PURE", "0") not in ("", "0"):
        return "ELIGIBILITY_PURE is set"
    if sys.implementation.name != "cpython":
        return "only CPython has extension modules of this kind"
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
    if sys.platform != "win32" and not shutil.which(compiler[0]):  # on Windows setuptools knows where to look
        return "no C compiler"
    return ""


def modules(root: Path) -> list[str]:
    """The modules to compile, as paths from the root."""
    found = [path for folder in FOLDERS for path in sorted((root / folder).glob("*.py"))]
    found += [root / "eligibility" / "vocabulary" / f"{name}.py" for name in ASKED]
    return [path.relative_to(root).as_posix() for path in found if path.stem not in AS_WRITTEN]


def failure(root: Path, folder: Path) -> str:
    """Compile a copy of the sources; why it failed, or empty with the extension modules in `folder/built`."""
    shutil.copytree(root / "eligibility", folder / "eligibility", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, str(Path(__file__).resolve()), "build_ext", "--build-lib", "built"]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=MINUTES * 60, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        return str(problem)
    if done.returncode == 0 and any((folder / "built").rglob("*__mypyc.*")):
        return ""
    lines = [line for line in (done.stdout + done.stderr).splitlines() if "error:" in line]
    return f"compiling failed: {lines[0].strip()}" if lines else f"compiling ended with {done.returncode}"


def compile_here() -> None:
    """In the folder of the copy: sources → C → extension modules."""
    from mypyc.build import mypycify
    from setuptools import setup

    version = f"--python-version={sys.version_info.major}.{sys.version_info.minor}"
    extensions = mypycify(
        [*CHECKING, version, *modules(Path.cwd())], opt_level="2", debug_level="0", group_name="eligibility"
    )
    setup(name="eligibility", packages=[], ext_modules=extensions)


if __name__ == "__main__":
    compile_here()
