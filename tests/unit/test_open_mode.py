"""Open mode stays on a laptop: nothing that can be deployed to AWS is open, and what local/ opens goes nowhere else."""

import ast
import json
import tomllib

import pytest

from event_management.config import ConfigError, load_config
from local import cloud, sam_local, template
from local.state import StateFolder
from tests.gateway import ROOT

CONTENT = template.load(ROOT / "template.yaml")
LOCAL = {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "local").glob("*.py")}
LOCAL_ENDPOINT = "http://127.0.0.1:4566"


def calls(name):
    """Yield module, enclosing function and call of everything in local/ that is called by this name."""
    for module, tree in LOCAL.items():
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
                    yield module, function.name, node


# --- What can be deployed ---------------------------------------------------------------------------------------------


def test_the_template_is_the_only_one_of_the_repository():
    found = {
        path.relative_to(ROOT).as_posix()
        for suffix in ("yaml", "yml", "json")
        for path in ROOT.glob(f"**/*.{suffix}")
        if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
        and "AWS::Serverless" in path.read_text(encoding="utf-8")
    }
    assert {"template.yaml"} == found


def test_nothing_that_is_decided_at_deployment_decides_whether_it_is_guarded():
    """Neither a parameter nor a condition: they choose the pool alone, and one of them there always is."""
    (api,) = template.resources(CONTENT, template.API).values()
    auth = json.loads(json.dumps(api["Auth"]))
    chosen = auth["Authorizers"]["Organisers"].pop("UserPoolArn")

    assert {
        "DefaultAuthorizer": "Organisers",
        "AddDefaultAuthorizerToCorsPreflight": False,
        "Authorizers": {"Organisers": {}},
    } == auth
    own, existing = chosen["Fn::If"][1:]
    assert ({"Fn::GetAtt": ["UserPool", "Arn"]}, {"Ref": "ExistingUserPoolArn"}) == (own, existing)
    assert "MakesUserPool" == chosen["Fn::If"][0] == CONTENT["Resources"]["UserPool"]["Condition"]


def test_no_function_is_told_that_it_is_open():
    places = [CONTENT["Globals"]["Function"], *template.resources(CONTENT, template.FUNCTION).values()]
    told = [place.get("Environment", {}).get("Variables", {}) for place in places]

    assert [] == [variables for variables in told if "AUTH_MODE" in variables]
    assert "AUTH_MODE" not in (ROOT / "template.yaml").read_text(encoding="utf-8")


def test_functions_that_are_told_nothing_are_guarded(environment):
    environment.delenv("AUTH_MODE")
    assert load_config().is_open is False


def test_sam_deploys_that_template_and_no_other():
    """With whatever parameters: none opens it."""
    samconfig = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
    settings = [
        parameters
        for environment in samconfig.values()
        if isinstance(environment, dict)
        for command in environment.values()
        for parameters in command.values()
    ]
    assert len(settings) > 5
    redirecting = {"template", "template_file", "config_file"}
    assert [] == [parameters for parameters in settings if redirecting & parameters.keys()]


# --- What is opened ---------------------------------------------------------------------------------------------------


def test_a_template_is_opened_in_two_places_one_of_which_deploys_it():
    assert {("run", "_build"), ("sam_local", "_declaring")} == {
        (module, function) for module, function, _ in calls("opened")
    }
    assert {("run", "_deploy")} == {(module, function) for module, function, _ in calls("deploy") if module == "run"}


def test_every_client_of_local_is_told_its_endpoint():
    made = [*calls("create_client"), *calls("make_client")]

    assert {("cloud", "client"), ("launch", "client")} == {(module, function) for module, function, _ in made}
    for _, _, call in made:
        (endpoint,) = (keyword.value for keyword in call.keywords if keyword.arg == "endpoint_url")
        assert ast.unparse(endpoint) in ("endpoint_url", "self.endpoint_url")


def test_the_cloud_that_is_deployed_to_is_a_process_on_this_machines_loopback(tmp_path):
    ((_, _, call),) = ((module, function, call) for module, function, call in calls("Cloud") if module == "cloud")

    assert "f'http://127.0.0.1:{port}'" == ast.unparse(call.args[0])
    assert "127.0.0.1" == cloud._surroundings(StateFolder(tmp_path), 4566)["BIND_HOST"]


@pytest.mark.parametrize("service", ["cloudformation", "s3", "apigateway", "cognito-idp", "lambda", "logs"])
def test_no_setting_of_the_shell_leads_a_client_to_aws(monkeypatch, service):
    real = {
        "AWS_ENDPOINT_URL": "https://cloudformation.eu-west-1.amazonaws.com",
        f"AWS_ENDPOINT_URL_{service.upper().replace('-', '_')}": "https://aws.example",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "AWS_SESSION_TOKEN": "session",
        "HTTPS_PROXY": "http://proxy.example:3128",
        "HTTP_PROXY": "http://proxy.example:3128",
    }
    for name, value in real.items():
        monkeypatch.setenv(name, value)
    made = cloud.client(service, LOCAL_ENDPOINT)
    credentials = made._request_signer._credentials

    assert LOCAL_ENDPOINT == made.meta.endpoint_url
    assert ("test", "test", None) == (credentials.access_key, credentials.secret_key, credentials.token)
    assert {} == made._endpoint.http_session._proxy_config._proxies


def test_what_sam_local_is_given_does_not_serve_where_it_is_deployed_by_mistake(environment):
    """Its routes are open; whether the functions are is said by a file that `sam local` alone reads, beside it."""
    written = sam_local._declaring({"AUTH_MODE": "open", "TABLE_NAME": "t"})

    assert "" == written["Globals"]["Function"]["Environment"]["Variables"]["AUTH_MODE"]
    environment.setenv("AUTH_MODE", "")
    with pytest.raises(ConfigError, match="AUTH_MODE"):
        load_config()
