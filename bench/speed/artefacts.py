"""What is measured, built as it would be deployed: folders under build/bench, made anew only when their recipe changes.

The layer comes out of shared/Makefile. Functions and rivals keep their app.py without a .pyc, as zips do in Lambda; what
is installed with pip has them.
"""

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.speed.places import BENCH, BUILD, PROJECT, SHARED


@dataclass(frozen=True)
class Size:
    """Bytes of a folder's files: as they are, and zipped."""

    unpacked: int
    zipped: int


def build_layer() -> Path:
    """Return the layer's `python` folder, built with this Python and for this machine."""
    return _built("layer", _files(SHARED), _make_layer) / "python"


def install_floor() -> Path:
    """Return a folder with boto3 as pip installs it, in the tests' version; its botocore is the layer's."""
    requirements = PROJECT / "requirements.txt"
    return _built(
        "floor",
        [requirements, SHARED / "requirements.txt"],
        lambda folder: _pip("boto3", "--constraint", str(requirements), "--target", str(folder)),
    )


def install_rival(name: str) -> Path:
    """Return a folder with what a rival's requirements.txt names, and nothing else."""
    requirements = BENCH / "rivals" / name / "requirements.txt"
    return _built(
        f"rival-{name}",
        [requirements],
        lambda folder: _pip("--no-deps", "--requirement", str(requirements), "--target", str(folder)),
    )


def pinned_versions(requirements: Path) -> dict[str, str]:
    """Return the versions of what a requirements.txt is for: not of what stands below "What those bring"."""
    wanted, _, _ = requirements.read_text(encoding="utf-8").partition("# What those bring")
    return dict(re.findall(r"^([\w-]+)==(\S+)", wanted, re.MULTILINE))


def place_app(name: str, *files: Path) -> Path:
    """Return a folder with these files alone."""
    folder = BUILD / "apps" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in files:
        shutil.copyfile(file, folder / file.name)
    return folder


def size_of(*folders: Path) -> Size:
    """Return the size of a package that holds these folders' content."""
    files = [(file, file.relative_to(folder)) for folder in folders for file in _files(folder, compiled=True)]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, name in files:
            archive.writestr(zipfile.ZipInfo(name.as_posix()), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return Size(sum(file.stat().st_size for file, _ in files), len(content.getvalue()))


def _built(name: str, recipe: Iterable[Path], make: Callable[[Path], None]) -> Path:
    digest = hashlib.sha256(f"{sys.version} {sys.platform}".encode())
    for file in recipe:
        digest.update(f"\0{file.relative_to(PROJECT)}\0".encode() + file.read_bytes())
    folder = BUILD / f"{name}-{digest.hexdigest()[:12]}"
    if not folder.exists():
        print(f"Building {name} …", file=sys.stderr, flush=True)
        unfinished = BUILD / f"{name}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        make(unfinished)
        unfinished.rename(folder)
    return folder


def _make_layer(folder: Path) -> None:
    command = ["make", "--no-print-directory", "build-SharedLayer"]
    variables = [f"ARTIFACTS_DIR={folder}", f"PYTHON={sys.executable}", "PLATFORMS="]
    _run([*command, *variables], cwd=SHARED, env=_surroundings())


def _pip(*arguments: str) -> None:
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--root-user-action", "ignore"]
    _run([sys.executable, "-m", "pip", "install", *options, *arguments], cwd=PROJECT, env=_surroundings())


def _run(command: list[str], cwd: Path, env: Mapping[str, str]) -> None:
    done = subprocess.run(
        command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}")


def _surroundings() -> dict[str, str]:
    # A make above this process hands down its own options and variables.
    return {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}


def _files(folder: Path, *, compiled: bool = False) -> list[Path]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(file for file in files if compiled or "__pycache__" not in file.parts)
