"""A function that tells what it was given, in place of every function of a copy of the project."""

from pathlib import Path

PROBE = """
import json
import os


def lambda_handler(event, context):
    asked = event["queryStringParameters"] or {}
    if "variable" in asked:
        return {"statusCode": 200, "body": json.dumps(os.environ.get(asked["variable"]))}
    if "answer" in asked:
        return json.loads(asked["answer"])
    return {"statusCode": 200, "body": json.dumps(event)}
"""


def use_probe(project: Path) -> None:
    """Make every function tell what it was given, or answer what it is asked to."""
    for function in (project / "functions").glob("*/app.py"):
        function.write_text(PROBE)
