"""Every artefact, built: nothing missing from it, nothing in it that does not belong there."""

import _imp
import platform
import subprocess

import pytest
from botocore import xform_name

import trim_botocore
from bench.speed.subjects import CLIENTLESS
from event_management.qr import draw_ticket
from tests.gateway import ALL_FUNCTIONS, FUNCTIONS, ROOT
from tests.packaging.sam_cli import RUNTIME, copy_project, sam

MEGABYTE = 1_000_000
LARGEST_LAYER = 30 * MEGABYTE
"""Unpacked; it had 12 MB when this was written, and Lambda takes 250 MB."""
UNCHECKED_HASH = 0b01
"""Flags of a .pyc that is believed whatever stands beside it. Source: PEP 552."""
DISTRIBUTION_MODULES = {"aws-lambda-powertools": "aws_lambda_powertools", "python-dateutil": "dateutil"}
"""What a distribution is imported as, where it has another name."""
WITH_MANAGE_CODE = [
    "cancel_attendee",
    "get_attendee",
    "get_waitlist",
    "leave_waitlist",
    "transfer_attendee",
    "update_attendee",
]
STATUS_ON_AN_EMPTY_TABLE = {
    **dict.fromkeys(FUNCTIONS, 404),
    **dict.fromkeys(WITH_MANAGE_CODE, 401),
    **dict.fromkeys(["check_in", "draw_ticket"], 422),
    "create_event": 201,
    "erase_person": 200,
    "export_person": 200,
    "get_health": 200,
    "list_events": 200,
    "list_own_events": 200,
    "list_shared_events": 200,
    "preflight": 204,
}
"""The codes in the samples are put there when they are prepared."""

IMPORTING = """
import json, app
from sysconfig import get_path
loaded = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
print(json.dumps({
    "handler": callable(app.lambda_handler),
    "version": "%d.%d" % sys.version_info[:2],
    "from": {name: file for name, file in loaded.items() if file and not file.startswith(get_path("stdlib"))},
}))
"""
INVOKING = """
import json, types, app
context = types.SimpleNamespace(aws_request_id="r", get_remaining_time_in_millis=lambda: 25_000)
answer = app.lambda_handler(json.loads(%r), context)
print(json.dumps(answer))
"""
ZONES = """
import importlib.resources, json, zoneinfo
import tzdata
from event_management.timezones import find_zone
print(json.dumps({
    "path": list(zoneinfo.TZPATH),
    "zone": find_zone("Asia/Kolkata").key,
    "zones": len(zoneinfo.available_timezones()),
    "countries": importlib.resources.files("tzdata").joinpath("zoneinfo/iso3166.tab").is_file(),
    "version": tzdata.__version__,
}))
"""
CLIENT = """
import json
from event_management.store.connection import dynamodb
client = dynamodb()
print(json.dumps({"endpoint": client.meta.endpoint_url, "errors": hasattr(client.exceptions, "TransactionCanceledException")}))
"""
METHODS = """
import json
from event_management.store.connection import dynamodb
print(json.dumps(sorted(dynamodb().meta.method_to_api_mapping)))
"""
INITIALISED = """
import gc, json, app
gc.unfreeze()
clients = [one for one in gc.get_objects() if type(one).__module__ == "botocore.client" and type(one).__name__ == "DynamoDB"]
print(json.dumps({"clients": len(clients)}))
"""
DRAWING = """
import json
from event_management.qr import draw_ticket
print(json.dumps(draw_ticket("A" * 69)))
"""
FAULTS = """
import json
from event_management.store.client import get_item, put_new, transact
from event_management.store.connection import dynamodb
try:
    get_item({"pk": "a", "sk": "b"})
except dynamodb().exceptions.ResourceNotFoundException as error:
    missing = error.response["Error"]["Message"]
reasons = transact([put_new({"pk": "a", "sk": "b"})], "token")
print(json.dumps({"missing": missing, "reasons": [[reason.code, reason.item] for reason in reasons]}))
"""


def files_below(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def python_of(artefacts):
    """Return the cache tag of the interpreter that the artefacts are for, such as cpython-313."""
    command = [artefacts.python, "-c", "import sys; print(sys.implementation.cache_tag)"]
    return subprocess.check_output(command, text=True).strip()


def test_every_function_consists_of_its_own_files_alone(artefacts):
    for name in ALL_FUNCTIONS:
        source = artefacts.project / "functions" / name
        expected = [file for file in files_below(source) if "__pycache__" not in file]

        assert expected == files_below(artefacts.functions[name])
        assert all((source / file).read_bytes() == (artefacts.functions[name] / file).read_bytes() for file in expected)


@pytest.mark.parametrize("name", ALL_FUNCTIONS)
def test_a_function_imports_with_only_the_layer_beside_it(artefacts, name):
    found = artefacts.run(IMPORTING, name)
    allowed = (f"{artefacts.functions[name]}/", f"{artefacts.layer}/python/")

    assert found["handler"]
    assert {"app", "event_management", "botocore", "msgspec._core"} <= found["from"].keys()
    assert {} == {module: file for module, file in found["from"].items() if not file.startswith(allowed)}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_answers_its_sample_event(artefacts, engine, name):
    sample = (ROOT / "events" / f"{name}.json").read_text()

    answer = artefacts.run(INVOKING % sample, name, AWS_ENDPOINT_URL_DYNAMODB=engine.url)

    assert STATUS_ON_AN_EMPTY_TABLE[name] == answer["statusCode"], answer["body"]


def test_the_layer_of_sam_is_for_the_runtime(artefacts_of_sam_build):
    assert RUNTIME == artefacts_of_sam_build.run(IMPORTING)["version"]


def test_the_layer_unpacks_to_one_folder_that_lambda_looks_into(artefacts):
    assert ["python"] == [path.name for path in artefacts.layer.iterdir()]
    assert not (artefacts.layer / "python" / "python").exists()


def test_the_layer_holds_the_pinned_distributions_and_the_package_alone(artefacts):
    lines = (ROOT / "shared" / "requirements.txt").read_text().splitlines()
    pinned = [line.partition("==")[0] for line in lines if line and not line.startswith("#")]
    expected = {"event_management", *(DISTRIBUTION_MODULES.get(name, name) for name in pinned)}

    found = {path.name.removesuffix(".py") for path in (artefacts.layer / "python").iterdir()} - {"__pycache__"}

    assert expected == found


def test_the_layers_package_is_the_projects(artefacts):
    source, built = artefacts.project / "shared/event_management", artefacts.layer / "python/event_management"
    expected = [file for file in files_below(source) if "__pycache__" not in file]

    assert expected == [file for file in files_below(built) if "__pycache__" not in file]
    assert all((source / file).read_bytes() == (built / file).read_bytes() for file in expected)


def test_every_module_of_the_layer_is_compiled_for_its_interpreter_and_no_other(artefacts):
    files = files_below(artefacts.layer)
    sources = {file for file in files if file.endswith(".py")}
    tag = python_of(artefacts)

    expected = {
        f"{folder}/__pycache__/{name[:-3]}.{tag}.pyc" for folder, _, name in (s.rpartition("/") for s in sources)
    }

    assert expected == {file for file in files if file.endswith(".pyc") or "__pycache__" in file}


def test_compiled_modules_are_never_checked_and_never_stale(artefacts):
    for compiled in artefacts.layer.rglob("*.pyc"):
        content = compiled.read_bytes()
        source = compiled.parents[1] / f"{compiled.name.split('.')[0]}.py"

        assert UNCHECKED_HASH == int.from_bytes(content[4:8], "little"), compiled
        # The hash is keyed by the magic number of the Python that compiled, which may be another than this one.
        magic = int.from_bytes(content[:4], "little")
        assert _imp.source_hash(magic, source.read_bytes()) == content[8:16], compiled


def test_the_layer_has_no_tests_no_examples_no_programs_and_no_metadata(artefacts):
    unwanted = {"tests", "test", "examples", "bin", ".platform"}
    folders = {path for path in artefacts.layer.rglob("*") if path.is_dir()}

    assert [] == [str(path) for path in folders if path.name in unwanted or path.suffix in (".dist-info", ".egg-info")]


def test_botocore_knows_no_service_but_dynamodb(artefacts):
    data = artefacts.layer / "python" / "botocore" / "data"

    assert {
        "_retry.json",
        "dynamodb/2012-08-10/endpoint-rule-set-1.json",
        "dynamodb/2012-08-10/service-2.json",
        "endpoints.json",
        "partitions.json",
        "sdk-default-configuration.json",
    } == set(files_below(data))


def test_the_client_has_the_methods_that_the_store_calls_and_no_others(artefacts):
    assert sorted(map(xform_name, trim_botocore.OPERATIONS)) == artefacts.run(METHODS)


def test_the_layer_has_no_pages_to_show_an_api_on(artefacts):
    assert [] == [str(path) for path in artefacts.layer.rglob("swagger-ui*")]


def test_lambda_makes_the_client_while_it_initialises_the_function(artefacts):
    for name in FUNCTIONS:
        begun = artefacts.run(INITIALISED, name, AWS_LAMBDA_INITIALIZATION_TYPE="on-demand")
        assert {"clients": 0 if name in CLIENTLESS else 1} == begun, name


def test_the_layer_of_sam_has_extension_modules_for_both_processors(artefacts_of_sam_build):
    modules = {path.name for path in artefacts_of_sam_build.layer.rglob("*.so")}

    assert {f"_core.cpython-313-{processor}-linux-gnu.so" for processor in ("aarch64", "x86_64")} == modules


def test_the_layer_of_make_run_has_extension_modules_for_this_machine(artefacts_of_make_run):
    (module,) = artefacts_of_make_run.layer.rglob("*.so")

    assert python_of(artefacts_of_make_run).partition("-")[2] in module.name
    assert platform.machine().replace("arm64", "aarch64" if platform.system() == "Linux" else "darwin") in module.name


def test_the_layer_stays_small(artefacts):
    assert LARGEST_LAYER > sum(path.stat().st_size for path in artefacts.layer.rglob("*") if path.is_file())


def test_zone_rules_and_countries_come_from_the_layer(artefacts):
    found = artefacts.run(ZONES)
    (pinned,) = [line for line in (ROOT / "shared/requirements.txt").read_text().splitlines() if "tzdata==" in line]

    assert [] == found["path"]
    assert "Asia/Kolkata" == found["zone"]
    assert found["zones"] > 400
    assert found["countries"]
    # 2026.6 is called 2026f by IANA, and by the package itself 2026.6.
    assert pinned.split("==")[1].split()[0] == found["version"]


def test_the_layer_can_draw_a_ticket(artefacts):
    assert draw_ticket("A" * 69) == artefacts.run(DRAWING)


def test_the_client_finds_the_regions_endpoint_by_itself(artefacts):
    assert {"endpoint": "https://dynamodb.eu-west-1.amazonaws.com", "errors": True} == artefacts.run(CLIENT)


def test_the_client_reads_errors_and_cancellation_reasons(artefacts, engine):
    kind = "com.amazonaws.dynamodb.v20120810#"
    engine.answers["GetItem"] = (400, {"__type": f"{kind}ResourceNotFoundException", "message": "no such table"})
    reason = {"Code": "ConditionalCheckFailed", "Item": {"taken": {"N": "3"}}}
    engine.answers["TransactWriteItems"] = (
        400,
        {"__type": f"{kind}TransactionCanceledException", "Message": "cancelled", "CancellationReasons": [reason]},
    )

    found = artefacts.run(FAULTS, AWS_ENDPOINT_URL_DYNAMODB=engine.url)

    assert {"missing": "no such table", "reasons": [["ConditionalCheckFailed", {"taken": 3}]]} == found


def test_sam_builds_the_very_same_for_the_other_processor_and_in_another_folder(artefacts_of_sam_build, tmp_path):
    project = copy_project(tmp_path, artefacts_of_sam_build.project)
    output = sam("build", "--parameter-overrides", "Architecture=x86_64", project=project)
    built, again = artefacts_of_sam_build.layer, project / ".aws-sam" / "build" / "SharedLayer"

    assert "Build Succeeded" in output
    assert "architecture: x86_64" in output
    assert files_below(built) == files_below(again)
    assert [] == [file for file in files_below(built) if (built / file).read_bytes() != (again / file).read_bytes()]
