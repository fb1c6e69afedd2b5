"""The bare boto3 floor: one call of a default client, and nothing around it."""

from typing import Any

import boto3

client = boto3.client("dynamodb")


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - called as a function is
    """Make the call that `event` names, with its parameters."""
    answer = getattr(client, event["method"])(**event["parameters"])
    return {"statusCode": answer["ResponseMetadata"]["HTTPStatusCode"], "body": answer}
