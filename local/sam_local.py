"""`make sam-local`: what `sam local` needs to run the functions in containers, on the running local stack's table."""

import ipaddress
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local import build, cloud, deploy
from local import template as templates
from local.environment import PROJECT
from local.failure import Failure
from local.progress import say, step
from local.state import StateFolder, write_json

# The name that engines give to the machine they run on.
_HOST = "host.docker.internal"

_BRIDGE_SECONDS = 5


def prepare(state: StateFolder) -> None:
    """Open MiniStack to containers, write template and environment file, seed the sample events, and say the commands.

    Raises:
        Failure: no local stack runs, or containers have no way to it.
    """
    facts = state.facts()
    request_bridge(state, int(facts["pid"]))
    variables = {
        "AUTH_MODE": "open",
        "ALLOWED_ORIGINS": "*",
        "AWS_ENDPOINT_URL_DYNAMODB": f"http://{_HOST}:{urlsplit(facts['endpoint_url']).port}",
        "TABLE_NAME": facts["table_name"],
    }
    template, environment = state.path / "sam" / "template.json", state.path / "sam-env.json"
    samples = state.path / "sam" / "events"
    template.parent.mkdir(exist_ok=True)
    write_json(environment, {"Parameters": variables})
    write_json(template, _declaring(variables))
    _seed(facts, samples)
    _say_commands(template, environment, samples, facts["region"])


def request_bridge(state: StateFolder, run: int) -> None:
    """Have the run listen where containers of an engine on this machine find it.

    An engine in a virtual machine of its own (Docker Desktop) forwards to loopback itself.
    """
    address = _gateway_address()
    if not address:
        return
    answer = state.path / "bridge-open"
    answer.unlink(missing_ok=True)
    (state.path / "bridge-address").write_text(address)
    os.kill(run, signal.SIGUSR1)
    deadline = time.monotonic() + _BRIDGE_SECONDS
    while not answer.exists():
        if time.monotonic() > deadline:
            raise Failure(f"the local stack (process {run}) does not react")
        time.sleep(0.05)
    if (refusal := answer.read_text()) != address:
        say(f"  Not listening on {address}, the engine's address for this machine ({refusal}).")


def _gateway_address() -> str:
    """The address that this machine has on the engine's default network; empty where that cannot be known."""
    command = ["docker", "network", "inspect", "bridge", "--format", "{{json (index .IPAM.Config 0)}}"]
    try:
        network = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    except (OSError, subprocess.CalledProcessError, ValueError):
        say("  No docker command that answers: supposing that containers reach this machine by themselves.")
        return ""
    # Named only after a container has run; until then it is the first address of the network.
    return str(network.get("Gateway") or next(ipaddress.ip_network(network["Subnet"]).hosts()))


def _declaring(variables: dict[str, str]) -> templates.Template:
    """The template with these variables declared: `sam local` drops those of its file that no function declares."""
    template = templates.opened(templates.for_this_machine(templates.load(PROJECT / "template.yaml")))
    template = templates.with_function_environment(template, {name: "" for name in variables if name != "TABLE_NAME"})
    for kind, member in ((templates.FUNCTION, "CodeUri"), (templates.LAYER, "ContentUri")):
        for properties in templates.resources(template, kind).values():
            properties[member] = str(PROJECT / properties[member])
    return template


def _seed(facts: dict[str, Any], samples: Path) -> None:
    """Run local/seed.py in the functions' own environment: it stores what events/*.json are about, and fills them in."""
    script = PROJECT / "local" / "seed.py"
    if not script.exists():
        return
    with step("Storing the sample events"):
        variables = _function_environment(facts["endpoint_url"])
        result = subprocess.run(
            [sys.executable, "-P", script, samples],
            check=False,
            capture_output=True,
            text=True,
            env=variables
            | {
                "PATH": os.environ["PATH"],
                "PYTHONPATH": os.pathsep.join((variables["PYTHONPATH"], str(build.SHARED))),
                "PYTHONDONTWRITEBYTECODE": "1",
                "AWS_ENDPOINT_URL": facts["endpoint_url"],
                "AWS_DEFAULT_REGION": facts["region"],
                "AWS_ACCESS_KEY_ID": cloud.ACCESS_KEY,
                "AWS_SECRET_ACCESS_KEY": cloud.SECRET_KEY,
            },
        )
    if result.returncode != 0:
        raise Failure(f"local/seed.py could not store the sample events:\n{result.stderr}")


def _function_environment(endpoint_url: str) -> dict[str, str]:
    resources = cloud.client("cloudformation", endpoint_url).describe_stack_resources(StackName=deploy.STACK)
    name = next(
        resource["PhysicalResourceId"]
        for resource in resources["StackResources"]
        if resource["ResourceType"] == "AWS::Lambda::Function"
    )
    configuration = cloud.client("lambda", endpoint_url).get_function_configuration(FunctionName=name)
    return dict(configuration["Environment"]["Variables"])


def _say_commands(template: Path, environment: Path, samples: Path, region: str) -> None:
    built = template.parent / "build"
    shared = (
        f"--template-file {_shown(built / 'template.yaml')} --env-vars {_shown(environment)}"
        f" --add-host {_HOST}:host-gateway --region {region}"
    )
    print(
        f"sam build --template-file {_shown(template)} --build-dir {_shown(built)}\n"
        f"sam local invoke CreateEventFunction --event {_shown(samples / 'create_event.json')} {shared}\n"
        f"sam local start-api --port 3000 {shared}"
    )
    say("\n  The containers' data is in the local stack: keep make run running.")


def _shown(path: Path) -> str:
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)
