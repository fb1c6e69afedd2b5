"""Archives of the layer and of every function, as `sam build` would fill them, for this machine's Python.

What the layer's dependencies need is kept under ``.local/build`` and made again only when shared/requirements.txt,
shared/Makefile or Python changed; several runs share it.
"""

import asyncio
import fcntl
import hashlib
import io
import os
import platform
import shutil
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
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            _add(archive, file, file.relative_to(folder))
    return Archive(f"functions/{name}-{_digest(folder, files)}.zip", content.getvalue())


async def layer() -> Archive:
    """The layer as an archive: dependencies from the cache, the package as it is now.

    Raises:
        Failure: pip could not install, or a file of the package is not Python.
    """
    dependencies = await _dependencies()
    package = SHARED / "event_management"
    files = _sources(package)
    recipe = dependencies.stem.rpartition("-")[2]
    built = CACHE / f"layer-{recipe}-{_digest(package, files)}.zip"
    if not built.exists():
        with tempfile.TemporaryDirectory(dir=CACHE, prefix="package-") as folder:
            await _make("package", Path(folder))
            await asyncio.to_thread(_combine, dependencies, Path(folder), built)
    return Archive(built.name, built.read_bytes())


async def layer_folder() -> Path:
    """The layer unpacked, for a PYTHONPATH: the folder that holds event_management and its dependencies."""
    archive = await layer()
    folder = CACHE / Path(archive.key).stem
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=CACHE, prefix="unpacked-") as unfinished:
            zipfile.ZipFile(io.BytesIO(archive.content)).extractall(unfinished)
            _keep(Path(unfinished) / "python", folder)
    return folder


async def _dependencies() -> Path:
    recipe = hashlib.sha256()
    for part in (
        (SHARED / "requirements.txt").read_bytes(),
        (SHARED / "Makefile").read_bytes(),
        f"{sys.implementation.cache_tag} {sys.platform} {platform.machine()}".encode(),
    ):
        recipe.update(part)
    archive = CACHE / f"dependencies-{recipe.hexdigest()[:12]}.zip"
    if archive.exists():
        return archive
    CACHE.mkdir(parents=True, exist_ok=True)
    with step("Building the layer (when its requirements change)"):
        async with _only_one_builder():
            if not archive.exists():
                shutil.rmtree(CACHE / "dependencies", ignore_errors=True)
                await _make("dependencies", CACHE / "dependencies")
                await asyncio.to_thread(_combine, None, CACHE / "dependencies", archive)
                shutil.rmtree(CACHE / "dependencies")
    return archive


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
        words = [line for line in output.decode(errors="replace").splitlines() if not line.startswith("WARNING")]
        raise Failure("the layer could not be built:\n" + "\n".join(f"       {line}" for line in words[-12:]))


def _combine(base: Path | None, folder: Path, target: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=CACHE, delete=False) as unfinished:
        if base:
            unfinished.write(base.read_bytes())
    with zipfile.ZipFile(unfinished.name, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            _add(archive, file, file.relative_to(folder))
    _keep(Path(unfinished.name), target)
    _forget_old(target.name.partition("-")[0])


def _forget_old(kind: str) -> None:
    """Keep the latest few: another run may be reading one of them."""
    archives = sorted(CACHE.glob(f"{kind}-*.zip"), key=lambda path: path.stat().st_mtime)
    for archive in archives[:-5]:
        archive.unlink(missing_ok=True)


def _keep(unfinished: Path, target: Path) -> None:
    """Move into place at once; another run may have done so before."""
    try:
        unfinished.rename(target)
    except OSError:
        if not target.exists():
            raise


def _sources(folder: Path) -> list[Path]:
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    )
    for file in files:
        if file.suffix == ".py":
            try:
                compile(file.read_bytes(), str(file.relative_to(PROJECT)), "exec", dont_inherit=True)
            except (SyntaxError, ValueError) as error:
                raise Failure(f"{file.relative_to(PROJECT)}: {error}") from error
    return files


def _digest(folder: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(folder)}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _add(archive: zipfile.ZipFile, file: Path, name: Path) -> None:
    entry = zipfile.ZipInfo(name.as_posix())
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, file.read_bytes())
