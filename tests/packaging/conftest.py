"""Artefacts as they are deployed: those of `make run` for this machine, and those of `sam build` for AWS."""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from local import build
from tests.gateway import FUNCTIONS, ROOT

RUNTIME = "3.13"


@dataclass(frozen=True)
class Artefacts:
    """A folder per function, the layer, and the interpreter that both were built for."""

    functions: dict[str, Path]
    layer: Path
    python: str

    def run(self, script: str, function: str = "preflight", **environment: str) -> dict:
        """Run a script that has nothing but the standard library, a function and the layer to import from.

        Returns what it prints, read as JSON.
        """
        path = f"import sys; sys.path[:0] = {[str(self.functions[function]), str(self.layer / 'python')]!r}\n"
        settings = {
            "ALLOWED_ORIGINS": "",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "DEFAULT_TIMEZONE": "Asia/Kolkata",
            "PYTHONTZPATH": "",
            "TABLE_NAME": "events",
        }
        # No site-packages, no current folder, nothing written beside the artefacts.
        command = [self.python, "-B", "-P", "-S", "-s", "-W", "error", "-c", path + script]
        done = subprocess.run(command, env=settings | environment, cwd="/", capture_output=True, text=True, check=False)
        assert 0 == done.returncode, done.stderr
        return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="session", params=["make run", "sam build"])
def artefacts(request) -> Artefacts:
    """The artefacts of each way to build them."""
    return request.getfixturevalue(
        {"make run": "artefacts_of_make_run", "sam build": "artefacts_of_sam_build"}[request.param]
    )


@pytest.fixture(scope="session")
def artefacts_of_make_run(tmp_path_factory) -> Artefacts:
    """The archives of functions that `make run` uploads, unpacked, and the layer for this machine's Python."""
    folder = copy_project(tmp_path_factory.mktemp("make-run"))
    folders = {name: folder / "built" / name for name in FUNCTIONS}
    for name in FUNCTIONS:
        archive = build.zip_function(name, ROOT / "functions" / name)
        zipfile.ZipFile(io.BytesIO(archive.content)).extractall(folders[name])
    layer = folder / "built" / "layer"
    variables = (f"ARTIFACTS_DIR={layer}", f"PYTHON={sys.executable}", "PLATFORMS=")
    done = subprocess.run(
        ["make", "build-SharedLayer", *variables],
        cwd=folder / "shared",
        env=surroundings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stdout
    return Artefacts(folders, layer, sys.executable)


@pytest.fixture(scope="session")
def artefacts_of_sam_build(tmp_path_factory) -> Artefacts:
    """What `sam build` makes with its defaults."""
    project = copy_project(tmp_path_factory.mktemp("sam-build"))
    output = sam("build", "--build-dir", "built", project=project)
    assert "Build Succeeded" in output
    folders = {
        name: project / "built" / ("".join(word.capitalize() for word in name.split("_")) + "Function")
        for name in FUNCTIONS
    }
    return Artefacts(folders, project / "built" / "SharedLayer", python_of_the_runtime())


def copy_project(target: Path) -> Path:
    """Copy what `sam build` reads: it writes into the project's folder."""
    for folder in ("functions", "shared"):
        shutil.copytree(ROOT / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("template.yaml", "samconfig.toml"):
        shutil.copy(ROOT / file, target)
    return target


def sam(*arguments: str, project: Path) -> str:
    """Run the SAM CLI as its users do; return all that it prints. Skips where it or Python 3.13 is missing."""
    cli = shutil.which("sam", path=f"{ROOT / '.venv-sam' / 'bin'}{os.pathsep}{os.environ['PATH']}")
    if cli is None:
        pytest.skip("no SAM CLI: make check installs it into .venv-sam")
    path = f"{Path(python_of_the_runtime()).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [cli, *arguments],
        cwd=project,
        env=surroundings(PATH=path, SAM_CLI_TELEMETRY="0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stdout
    return done.stdout


def surroundings(**variables: str) -> dict[str, str]:
    """Return the environment without what a make above this process hands down."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "PYTHON"))} | variables


def python_of_the_runtime() -> str:
    """Return the path of the Python that the functions run on in Lambda; `sam build` needs it."""
    pyenv = sorted((Path.home() / ".pyenv" / "versions").glob(f"{RUNTIME}.*/bin"))
    python = shutil.which(f"python{RUNTIME}", path=os.pathsep.join([os.environ["PATH"], *map(str, pyenv)]))
    if python is None or subprocess.run([python, "-c", "import pip"], check=False, capture_output=True).returncode != 0:
        pytest.skip(f"no Python {RUNTIME} with pip, which sam build needs")
    return python


@pytest.fixture
def engine():
    """A stand-in for DynamoDB: an empty table that takes everything. `answers` changes what an operation gets."""
    answers: dict[str, tuple[int, dict]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            status, answer = answers.get(operation, (200, {"Items": []} if operation == "Query" else {}))
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        server.answers = answers
        server.url = f"http://127.0.0.1:{server.server_port}"
        yield server
        server.shutdown()
