"""Cut botocore's data down to what the store calls: the SDK reads all of it whenever it makes a client.

    python trim_botocore.py FOLDER

FOLDER is botocore's `data` in a layer that is being built; it holds less afterwards, and nothing else. What is kept is
kept as botocore wrote it, so that every call behaves as before; tests/unit/test_trim_botocore.py holds that. See
docs/decisions/0013-start-up.md.
"""

import gzip
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OPERATIONS = ("BatchGetItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem")
"""What event_management.store calls. A call to anything else fails, for the client has no such method."""

_SERVICE = "dynamodb"
_VERSION = "2012-08-10"
_MODEL, _RULES = "service-2", "endpoint-rule-set-1"
_COMMON = ("endpoints", "partitions", "sdk-default-configuration", "_retry")
"""Files that belong to no service."""


class LayoutError(Exception):
    """botocore's data are not what this script was written for."""


def trim(data: Path) -> None:
    """Cut down a folder of botocore's data. Raises `LayoutError`, and leaves the folder as it is then."""
    version = data / _SERVICE / _VERSION
    _check_files(data, version)
    model = _trim_model(_read(version, _MODEL))
    kept = {
        Path(_SERVICE, _VERSION, _MODEL): model,
        Path(_SERVICE, _VERSION, _RULES): _read(version, _RULES),
        **{Path(name): _read(data, name) for name in _COMMON},
    }
    kept[Path("endpoints")] = _trim_endpoints(kept[Path("endpoints")], model["metadata"]["endpointPrefix"])
    shutil.rmtree(data)
    for name, content in kept.items():
        file = (data / name).with_suffix(".json")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _check_files(data: Path, version: Path) -> None:
    """See that what is left out has no say in any call."""
    common = {file.name.partition(".")[0] for file in data.iterdir() if file.is_file()}
    if common != set(_COMMON):
        raise LayoutError(f"botocore's data have the common files {sorted(common)}, not {sorted(_COMMON)}")
    if version.name != (latest := max(folder.name for folder in version.parent.iterdir())):
        raise LayoutError(f"{_SERVICE} has a newer version, {latest}")
    if extras := [file.name for file in version.iterdir() if "extras" in file.name]:
        raise LayoutError(f"{', '.join(extras)}: botocore adds these to the service's model")


def _trim_model(model: dict[str, Any]) -> dict[str, Any]:
    """Keep the operations, the shapes that they lead to, the shapes of errors, and no word about them."""
    _expect(model, {"version", "metadata", "operations", "shapes", "documentation"}, "the service's model")
    if missing := set(OPERATIONS) - model["operations"].keys():
        raise LayoutError(f"the service's model has no {', '.join(sorted(missing))}")
    operations = {name: model["operations"][name] for name in OPERATIONS}
    reached: set[str] = set()
    # An answer may hold any error, also one that the operation does not name.
    errors = {name for name, shape in model["shapes"].items() if shape.get("exception")}
    ahead = errors | set(_shapes_named_in(operations))
    while ahead:
        reached |= ahead
        if unknown := ahead - model["shapes"].keys():
            raise LayoutError(f"the service's model has no shape {', '.join(sorted(unknown))}")
        ahead = {name for shape in ahead for name in _shapes_named_in(model["shapes"][shape])} - reached
    return {
        "version": model["version"],
        "metadata": model["metadata"],
        "operations": _without_documentation(operations),
        "shapes": {name: _without_documentation(model["shapes"][name]) for name in sorted(reached)},
    }


def _shapes_named_in(part: object) -> Iterator[str]:
    """Yield what `{"shape": name}` refers to, at any depth; a member of that name would hold a mapping."""
    if isinstance(part, dict):
        if isinstance(part.get("shape"), str):
            yield part["shape"]
        for value in part.values():
            yield from _shapes_named_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from _shapes_named_in(value)


def _without_documentation(part: Any) -> Any:
    if isinstance(part, dict):
        return {
            name: _without_documentation(value)
            for name, value in part.items()
            if not (name == "documentation" and isinstance(value, str))
        }
    return [_without_documentation(value) for value in part] if isinstance(part, list) else part


def _trim_endpoints(endpoints: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Keep every partition and region, and of their services ours."""
    _expect(endpoints, {"partitions", "version"}, "endpoints")
    partitions = []
    for partition in endpoints["partitions"]:
        _expect(
            partition,
            {"defaults", "dnsSuffix", "partition", "partitionName", "regionRegex", "regions", "services"},
            "a partition of endpoints",
        )
        services = {name: service for name, service in partition["services"].items() if name == prefix}
        partitions.append(partition | {"services": services})
    if not partitions[0]["services"]:
        raise LayoutError(f"endpoints know no service {prefix}")
    return endpoints | {"partitions": partitions}


def _read(folder: Path, name: str) -> dict[str, Any]:
    plain, packed = folder / f"{name}.json", folder / f"{name}.json.gz"
    try:
        content = plain.read_bytes() if plain.exists() else gzip.decompress(packed.read_bytes())
    except FileNotFoundError:
        raise LayoutError(f"there is neither {plain} nor {packed}") from None
    read: dict[str, Any] = json.loads(content)
    return read


def _expect(part: dict[str, Any], members: set[str], what: str) -> None:
    if members != part.keys():
        raise LayoutError(f"{what} of botocore has the members {sorted(part)}, not {sorted(members)}")


if __name__ == "__main__":
    try:
        trim(Path(sys.argv[1]))
    except LayoutError as error:
        sys.exit(f"trim_botocore.py: {error}")
