"""README's calls get README's answers, on a fresh stack: those after `make run AUTH=cognito` on a guarded one.

Ids, tokens, trace ids and times of registration differ from run to run: what README shows for them is learnt at first
sight and replaced in the calls that follow.
"""

import json
import re
import shutil
import subprocess
import sys

import pytest

from local.template import FUNCTION, load, resources
from tests.gateway import ROOT

CHANGING = (
    "at",
    "checked_in_at",
    "event",
    "id",
    "manage",
    "next_token",
    "registered_at",
    "since",
    "ticket",
    "trace_id",
)
README = (ROOT / "README.md").read_text(encoding="utf-8")


def examples(text):
    """Yield the calls and the answers beneath them."""
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        yield from re.findall(r"\$ (.+)\n(.+)\n", block)


def learn(shown, actual, known):
    """Note what README's changing values are in this run."""
    if isinstance(shown, dict) and isinstance(actual, dict):
        for name in shown.keys() & actual.keys():
            if name in CHANGING and isinstance(shown[name], str):
                known.setdefault(shown[name], actual[name])
            else:
                learn(shown[name], actual[name], known)
    elif isinstance(shown, list) and isinstance(actual, list):
        for one, other in zip(shown, actual, strict=False):
            learn(one, other, known)


def translate(text, known):
    for shown, actual in known.items():
        text = text.replace(shown, actual)
    return text


OPEN, GUARDED = README.split("\n`make run AUTH=cognito` runs ")


@pytest.mark.skipif(shutil.which("curl") is None, reason="README's calls are made with curl")
@pytest.mark.parametrize(
    ("auth", "text", "least"), [("open", OPEN, 10), ("cognito", GUARDED, 4)], ids=["open", "guarded"]
)
def test_readmes_calls_get_readmes_answers(start_stack, auth, text, least):
    stack = start_stack(auth=auth)
    token = f"make -s token STATE={stack.state} PYTHON={sys.executable}"
    known = {"http://127.0.0.1:5000": stack.base_url, "make -s token": token}
    calls = list(examples(text))
    assert len(calls) >= least
    for call, shown in calls:
        ran = subprocess.run(translate(call, known), shell=True, capture_output=True, text=True, check=True, cwd=ROOT)
        learn(json.loads(shown), json.loads(ran.stdout), known)
        assert json.loads(translate(shown, known)) == json.loads(ran.stdout), call


def test_readme_names_every_route():
    template = load(ROOT / "template.yaml")
    routes = {
        (event["Properties"]["Method"], event["Properties"]["Path"])
        for function in resources(template, FUNCTION).values()
        for event in function.get("Events", {}).values()
    }
    rows = re.findall(r"^\| `([A-Z]+) (/\S+?)/?`", README, re.MULTILINE)
    assert {route for route in routes if route[0] != "OPTIONS"} == set(rows)


def test_every_make_target_that_the_documents_name_exists_and_every_target_is_named():
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    documents = README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert targets - {"help"} == set(re.findall(r"(?:^|`|\()make (?:-s )?([a-z-]+)", documents, re.MULTILINE))
