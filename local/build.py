"""What `sam build` would make of the layer and of every function, for this machine's Python.

The layer's dependencies are kept under ``.local/build`` and made again only when shared/requirements.txt,
shared/Makefile, shared/trim_botocore.py or Python changed; several runs share them.
"""

import asyncio
import fcntl
import hashlib
import io
import os
import platform
import signal
import sys
import tempfile
import zipfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from local.environment import PROJECT
from local.failure import Failure
from local.pip import explain
from local.progress import step

SHARED = PROJECT / "shared"
CACHE = PROJECT / ".local" / "build"


@dataclass(frozen=True)
class Archive:
    """A zip whose name changes whenever its content does."""

    key: str
    content: bytes


def zip_function(name: str, folder: Path) -> Archive:
    """A function's code as an archive.

    Raises:
        Failure: the folder is missing, or a file in it is not Python.
    """
    files = _sources(folder)
    if not files:
        raise Failure(f"{name}: there is no code in {folder}")
    return Archive(f"functions/{name}-{_digest(folder, files)}.zip", _zip(folder, files))


async def layer() -> Archive:
    """The layer's own package as an archive; what it depends on is in ``dependencies``.

    Raises:
        Failure: a file of the package is not Python.
    """
    package = SHARED / "event_management"
    files = _sources(package)
    with tempfile.TemporaryDirectory() as folder:
        await _make("package", Path(folder))
        content = _zip(Path(folder), _files(Path(folder)))
    return Archive(f"layer-{_digest(package, files)}.zip", content)


async def dependencies() -> Path:
    """The folder of what the layer holds besides its own package, for a PYTHONPATH.

    Every worker of a function unpacks the layer for itself. These are nearly two thousand files, a second and a half
    of work for each, so on this machine workers read them from one place instead.

    Raises:
        Failure: pip could not install them.
    """
    recipe = hashlib.sha256()
    for part in (
        (SHARED / "requirements.txt").read_bytes(),
        (SHARED / "Makefile").read_bytes(),
        (SHARED / "trim_botocore.py").read_bytes(),
        f"{sys.implementation.cache_tag} {sys.platform} {platform.machine()}".encode(),
    ):
        recipe.update(part)
    folder = CACHE / f"dependencies-{recipe.hexdigest()[:12]}"
    if not await asyncio.to_thread(folder.exists):
        CACHE.mkdir(parents=True, exist_ok=True)
        async with _only_one_builder():
            if not await asyncio.to_thread(folder.exists):
                with step("Building the layer (once)"), tempfile.TemporaryDirectory(dir=CACHE) as unfinished:
                    await _make("dependencies", Path(unfinished) / "layer")
                    (Path(unfinished) / "layer").rename(folder)
    return folder / "python"


@asynccontextmanager
async def _only_one_builder() -> AsyncIterator[None]:
    with (CACHE / "lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(0.2)
        yield


async def _make(target: str, folder: Path) -> None:
    # A make above this process hands down its own options and variables.
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    make = await asyncio.create_subprocess_exec(
        *("make", "--no-print-directory", target, f"ARTIFACTS_DIR={folder}", f"PYTHON={sys.executable}", "PLATFORMS="),
        cwd=SHARED,
        env=surroundings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output, _ = await make.communicate()
    except asyncio.CancelledError:
        os.killpg(make.pid, signal.SIGKILL)
        await make.wait()
        raise
    if make.returncode != 0:
        raise Failure(f"the layer could not be built:\n{explain(output.decode(errors='replace'))}")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _sources(folder: Path) -> list[Path]:
    files = [file for file in _files(folder) if "__pycache__" not in file.parts and not file.name.startswith(".")]
    for file in files:
        if file.suffix == ".py":
            try:
                compile(file.read_bytes(), str(file.relative_to(PROJECT)), "exec", dont_inherit=True)
            except SyntaxError as error:
                raise Failure(f"{file.relative_to(PROJECT)}, line {error.lineno}: {error.msg}") from error
            except ValueError as error:
                raise Failure(f"{file.relative_to(PROJECT)}: {error}") from error
    return files


def _digest(folder: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(folder)}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _zip(folder: Path, files: Iterable[Path]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for file in files:
            # Without the file's date, so that the same code makes the same archive.
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix())
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())
    return content.getvalue()
