"""Artefacts as they are deployed: those of `make run` for this machine, and those of `sam build` for AWS."""

import io
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from local import build
from tests.gateway import ALL_FUNCTIONS, ROOT
from tests.packaging.sam_cli import copy_project, function_id, python_of_the_runtime, sam, surroundings


@dataclass(frozen=True)
class Artefacts:
    """A folder per function, the layer, and the interpreter that both were built for."""

    project: Path
    """The sources that they were built from."""
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
    folders = {name: folder / "built" / name for name in ALL_FUNCTIONS}
    for name in ALL_FUNCTIONS:
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
    return Artefacts(folder, folders, layer, sys.executable)


@pytest.fixture(scope="session")
def artefacts_of_sam_build(tmp_path_factory) -> Artefacts:
    """What `sam build` makes with its defaults."""
    project = copy_project(tmp_path_factory.mktemp("sam-build"))
    output = sam("build", "--build-dir", "built", project=project)
    assert "Build Succeeded" in output
    folders = {name: project / "built" / function_id(name) for name in ALL_FUNCTIONS}
    return Artefacts(project, folders, project / "built" / "SharedLayer", python_of_the_runtime())


@pytest.fixture
def engine():
    """A stand-in for DynamoDB: an empty table that takes everything. `answers` changes what an operation gets."""
    nothing = {"BatchGetItem": {"Responses": {"events": []}, "UnprocessedKeys": {}}, "Query": {"Items": [], "Count": 0}}
    answers: dict[str, tuple[int, dict]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            status, answer = answers.get(operation, (200, nothing.get(operation, {}) | {"ConsumedCapacity": {}}))
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
