"""template.yaml read as data, and the few changes that a laptop needs. Every function returns a changed copy."""

import copy
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from local.failure import Failure

Template = dict[str, Any]

FUNCTION = "AWS::Serverless::Function"
LAYER = "AWS::Serverless::LayerVersion"
API = "AWS::Serverless::Api"
_CODE_PROPERTY = {FUNCTION: "CodeUri", LAYER: "ContentUri"}


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms (``!Ref x``, ``!GetAtt x.Arn``, ``!Sub …``)."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if suffix in ("Ref", "Condition"):
        return {suffix: value}
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


def load(path: Path) -> Template:
    """Read a template.

    Raises:
        Failure: the file is missing, or is not YAML with a ``Resources`` mapping.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506  # nosec B506 # a SafeLoader
    except FileNotFoundError:
        raise Failure(f"{path}: no such template") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Failure(f"{path.name} is not readable as YAML: {error}") from error
    if not isinstance(content, dict) or not isinstance(content.get("Resources"), dict):
        raise Failure(f"{path.name} has no Resources")
    return content


def resources(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """Properties of every resource of a type, by logical id."""
    return {
        name: resource.setdefault("Properties", {})
        for name, resource in template["Resources"].items()
        if isinstance(resource, dict) and resource.get("Type") == kind
    }


def code_folders(template: Template) -> dict[str, str]:
    """The folder of every function's code, by logical id, relative to the project."""
    return {name: str(properties["CodeUri"]) for name, properties in resources(template, FUNCTION).items()}


def with_code(template: Template, bucket: str, keys: Mapping[str, str]) -> Template:
    """Point functions and layers at uploaded archives: ``keys`` by logical id."""
    changed = copy.deepcopy(template)
    for kind, member in _CODE_PROPERTY.items():
        for name, properties in resources(changed, kind).items():
            properties[member] = {"Bucket": bucket, "Key": keys[name]}
    return changed


def with_defaults(template: Template, defaults: Mapping[str, str]) -> Template:
    """Change parameters' defaults, where the template has such parameters.

    MiniStack expands the SAM template before it looks at parameter values: only defaults reach that far.
    """
    changed = copy.deepcopy(template)
    for name, default in defaults.items():
        if name in changed.get("Parameters", {}):
            changed["Parameters"][name]["Default"] = default
    return changed


def with_function_environment(template: Template, variables: Mapping[str, str]) -> Template:
    """Give every function more environment variables."""
    changed = copy.deepcopy(template)
    function = changed.setdefault("Globals", {}).setdefault("Function", {})
    function.setdefault("Environment", {}).setdefault("Variables", {}).update(variables)
    return changed


def opened(template: Template) -> Template:
    """Take every authorizer out and tell the functions so. Only ever for a stack on this machine."""
    changed = copy.deepcopy(template)
    for properties in resources(changed, API).values():
        properties.pop("Auth", None)
    for properties in resources(changed, FUNCTION).values():
        for event in properties.get("Events", {}).values():
            event.get("Properties", {}).pop("Auth", None)
    return with_function_environment(changed, {"AUTH_MODE": "open"})


def for_this_machine(template: Template) -> Template:
    """The architecture of this machine, any origin, and data that ``make clean-data`` may delete."""
    architecture = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"
    return with_defaults(template, {"Architecture": architecture, "AllowedOrigins": "*", "DeletionProtection": "false"})


def gateway_responses(template: Template) -> dict[str, dict[str, Any]]:
    """What API Gateway itself answers, by response type, in the shape that PutGatewayResponse takes."""
    found: dict[str, dict[str, Any]] = {}
    for properties in resources(template, API).values():
        for kind, response in properties.get("GatewayResponses", {}).items():
            found[kind] = {
                "responseParameters": {
                    f"gatewayresponse.header.{header}": source
                    for header, source in response.get("ResponseParameters", {}).get("Headers", {}).items()
                },
                "responseTemplates": dict(response.get("ResponseTemplates", {})),
            }
            if "StatusCode" in response:
                found[kind]["statusCode"] = str(response["StatusCode"])
    return found
