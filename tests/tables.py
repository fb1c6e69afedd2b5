"""The table of template.yaml, made anew on any engine."""

from typing import Any

import boto3

from local import template
from tests.gateway import ROOT


def make_table(name: str, **client_options: Any) -> Any:
    """Create the table under this name; return the client. `client_options` are those of `boto3.client`."""
    properties = template.load(ROOT / "template.yaml")["Resources"]["Table"]["Properties"]
    client = boto3.client("dynamodb", **client_options)
    members = ("AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema")
    client.create_table(TableName=name, **{member: properties[member] for member in members})
    return client
