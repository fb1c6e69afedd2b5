"""Deploying the template to MiniStack through CloudFormation, as `sam deploy` would to AWS."""

import json
import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local import template as templates
from local.build import Archive
from local.cloud import Cloud
from local.failure import Failure
from local.template import Template

STACK = "event-management"
BUCKET = "event-management-artifacts"

_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_DEPLOY_SECONDS = 120


@dataclass(frozen=True)
class Deployment:
    """What a deployed stack is reached by."""

    api_id: str
    stage: str
    outputs: dict[str, str]

    def output(self, name: str) -> str:
        """An output of the stack.

        Raises:
            Failure: the template has no such output.
        """
        if name not in self.outputs:
            raise Failure(f"the template has no output {name}, which a local run needs")
        return self.outputs[name]


def deploy(cloud: Cloud, template: Template, archives: dict[str, Archive]) -> Deployment:
    """Create or update the stack; ``archives`` by logical id of function or layer.

    Raises:
        Failure: CloudFormation refused; a stack that was there before has been rolled back.
    """
    try:
        url = _upload(cloud, template, archives)
        _create_or_update(cloud.client("cloudformation"), url)
        return describe(cloud, template)
    except (BotoCoreError, ClientError) as error:
        raise Failure(f"the deployment failed: {error}") from error


def describe(cloud: Cloud, template: Template) -> Deployment:
    """How to reach the stack that this template made, its API answering errors as the template says."""
    formation = cloud.client("cloudformation")
    ((api, properties),) = templates.resources(template, templates.API).items()
    outputs = formation.describe_stacks(StackName=STACK)["Stacks"][0].get("Outputs", [])
    resource = formation.describe_stack_resource(StackName=STACK, LogicalResourceId=api)["StackResourceDetail"]
    deployment = Deployment(
        api_id=resource["PhysicalResourceId"],
        stage=properties["StageName"],
        outputs={output["OutputKey"]: output["OutputValue"] for output in outputs},
    )
    _put_gateway_responses(cloud, template, deployment)
    return deployment


def _upload(cloud: Cloud, template: Template, archives: dict[str, Archive]) -> str:
    storage = cloud.client("s3")
    storage.create_bucket(Bucket=BUCKET)
    for archive in archives.values():
        try:
            storage.head_object(Bucket=BUCKET, Key=archive.key)
        except ClientError:
            storage.put_object(Bucket=BUCKET, Key=archive.key, Body=archive.content)
    keys = {name: archive.key for name, archive in archives.items()}
    body = json.dumps(templates.with_code(template, BUCKET, keys)).encode()
    # By URL, because a template in the call itself may be no longer than 51,200 bytes.
    storage.put_object(Bucket=BUCKET, Key="template.json", Body=body)
    return f"{cloud.endpoint_url}/{BUCKET}/template.json"


def _create_or_update(formation: Any, url: str) -> None:
    status = _status(formation)
    if status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"):
        # What never came to be holds no data, and cannot be updated.
        formation.delete_stack(StackName=STACK)
        status = _wait(formation)
    if status and status.endswith("_IN_PROGRESS"):
        raise Failure(f"the saved stack is unusable ({status}): forget it with make clean-data")
    known = {event["EventId"] for event in _events(formation)} if status else set()
    try:
        call = formation.update_stack if status else formation.create_stack
        call(StackName=STACK, TemplateURL=url, Capabilities=_CAPABILITIES)
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return
        raise Failure(f"the template was refused: {error.response['Error']['Message']}") from error
    status = _wait(formation)
    if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise Failure("\n".join(["the deployment failed:", *_reasons(formation, known)]))


def _status(formation: Any) -> str:
    """Of the stack; empty when there is none."""
    try:
        stacks = formation.describe_stacks(StackName=STACK)["Stacks"]
    except ClientError:
        return ""
    status = str(stacks[0]["StackStatus"])
    return "" if status == "DELETE_COMPLETE" else status


def _wait(formation: Any) -> str:
    deadline = time.monotonic() + _DEPLOY_SECONDS
    while (status := _status(formation)).endswith("_IN_PROGRESS"):
        if time.monotonic() > deadline:
            raise Failure(f"the deployment takes longer than {_DEPLOY_SECONDS} s ({status})")
        time.sleep(0.05)
    return status


def _events(formation: Any) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = formation.describe_stack_events(StackName=STACK)["StackEvents"]
    return events


def _reasons(formation: Any, known: set[str]) -> list[str]:
    reasons = [
        f"       {event['LogicalResourceId']} ({event.get('ResourceType', '')}): {event['ResourceStatusReason']}"
        for event in reversed(_events(formation))
        if event["EventId"] not in known
        and event["ResourceStatus"].endswith("FAILED")
        and event.get("ResourceStatusReason")
    ]
    return reasons or [f"       {formation.describe_stacks(StackName=STACK)['Stacks'][0].get('StackStatusReason', '')}"]


def _put_gateway_responses(cloud: Cloud, template: Template, deployment: Deployment) -> None:
    """Make the API answer its own errors as the template says: MiniStack does not read that part of it.

    They take effect with the next deployment of the stage, and CloudFormation may have set the stage back to one
    without them, so they are put every time.
    """
    gateway = cloud.client("apigateway")
    wanted = templates.gateway_responses(template)
    for response in gateway.get_gateway_responses(restApiId=deployment.api_id)["items"]:
        if not response.get("defaultResponse") and response["responseType"] not in wanted:
            gateway.delete_gateway_response(restApiId=deployment.api_id, responseType=response["responseType"])
    for kind, response in wanted.items():
        gateway.put_gateway_response(restApiId=deployment.api_id, responseType=kind, **response)
    gateway.create_deployment(restApiId=deployment.api_id, stageName=deployment.stage)
