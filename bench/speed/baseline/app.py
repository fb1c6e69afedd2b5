"""The bare boto3 floor: calls of a default client, and nothing around them."""

from typing import Any

import boto3

client = boto3.client("dynamodb")


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - called as a function is
    """Make the calls that `event` names, with their parameters, one after the other; answer with the last."""
    for call in event["calls"]:
        answer = getattr(client, call["method"])(**call["parameters"])
    return {"statusCode": answer["ResponseMetadata"]["HTTPStatusCode"], "body": answer}
