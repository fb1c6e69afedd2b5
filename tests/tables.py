"""The table of template.yaml, made anew on any engine."""

from functools import cache
from typing import Any

import boto3

from local import template
from tests.gateway import ROOT


def make_table(name: str, **client_options: Any) -> Any:
    """Create the table under this name; return the client. `client_options` are those of `boto3.client`."""
    client = boto3.client("dynamodb", **client_options)
    client.create_table(TableName=name, **_definition())
    return client


@cache
def _definition() -> dict[str, Any]:
    properties = template.load(ROOT / "template.yaml")["Resources"]["Table"]["Properties"]
    members = ("AttributeDefinitions", "BillingMode", "KeySchema")
    indexes = [
        {member: index[member] for member in ("IndexName", "KeySchema", "Projection")}  # and no operator's settings
        for index in properties["GlobalSecondaryIndexes"]
    ]
    return {member: properties[member] for member in members} | {"GlobalSecondaryIndexes": indexes}
