"""`make run` as its users meet it: starting, failing, changing, stopping."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from local.environment import PROJECT
from local.launch import LaunchError, Stack, launch
from local.users import USERS
from tests.integration.probe import use_probe

StartStack = Callable[..., Stack]


def run_local(*arguments: str, project: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    """Run a command of ``python -m local`` that is expected to end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "local", *arguments],
        cwd=project,
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )


def living(session_of: Sequence[int]) -> list[str]:
    """The processes of these sessions that still run: a stack has two, its own and MiniStack's."""
    listed = subprocess.run(["ps", "-A", "-o", "sess=,stat=,args="], check=True, capture_output=True, text=True).stdout
    return [
        line
        for line in listed.splitlines()
        if int(line.split()[0]) in session_of and not line.split()[1].startswith("Z")
    ]


def eventually(condition: Callable[[], bool], timeout: float = 20) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.05)


def put_item(stack: Stack, key: str) -> None:
    stack.client("dynamodb").put_item(TableName=stack.table_name, Item={"pk": {"S": key}, "sk": {"S": key}})


def has_item(stack: Stack, key: str) -> bool:
    return "Item" in stack.client("dynamodb").get_item(
        TableName=stack.table_name, Key={"pk": {"S": key}, "sk": {"S": key}}
    )


class TestStarting:
    def test_the_deployed_api_answers_on_the_port(self, open_stack: Stack) -> None:
        assert 200 == open_stack.http("GET", "/events/").status

    def test_open_mode_is_announced(self, open_stack: Stack) -> None:
        """Before it is built, and again where everybody looks: beneath the address."""
        before, ready, after = open_stack.output().partition("Ready: ")

        assert ready
        for said in (before, after):
            assert "WARNING: open mode - whoever reaches this port is the organiser of every event" in said

    def test_open_mode_is_told_to_whoever_asks(self, open_stack: Stack) -> None:
        health = open_stack.http("GET", "/health").json()

        assert ("open", "Everybody who gets here") == (health["auth"], health["warning"][:23])

    def test_the_greeting_has_a_call_that_creates_an_event(self, open_stack: Stack) -> None:
        call = next(part for part in open_stack.output().split("\n\n") if part.lstrip().startswith("curl"))

        answer = subprocess.run(call, shell=True, check=True, capture_output=True, text=True).stdout

        assert answer.startswith("HTTP/1.1 201")

    def test_what_functions_print_is_in_the_log_file(self, open_stack: Stack) -> None:
        open_stack.http("GET", "/events/", headers={"TransactionId": "find-me-in-the-log"})

        assert "find-me-in-the-log" in open_stack.function_log(wait_for="find-me-in-the-log")

    def test_data_and_users_survive_a_restart(self, start_stack: StartStack, tmp_path: Path) -> None:
        first = start_stack(auth="cognito", state=tmp_path)
        put_item(first, "kept")
        token = first.token()
        assert 0 == first.stop()

        second = start_stack(auth="cognito", state=tmp_path)

        assert first.table_name == second.table_name
        assert has_item(second, "kept")
        users = second.client("cognito-idp").list_users(UserPoolId=second.user_pool_id)["Users"]
        assert {user.email for user in USERS.values()} == {
            attribute["Value"] for user in users for attribute in user["Attributes"] if attribute["Name"] == "email"
        }
        assert 401 != second.http("GET", "/events/none/attendee", headers={"Authorization": f"Bearer {token}"}).status

    def test_a_stack_changes_between_open_and_guarded_without_losing_data(
        self, start_stack: StartStack, tmp_path: Path
    ) -> None:
        first = start_stack(state=tmp_path)
        put_item(first, "kept")
        assert 401 != first.http("GET", "/events/none/attendee").status
        first.stop()

        second = start_stack(auth="cognito", state=tmp_path)

        assert has_item(second, "kept")
        assert 401 == second.http("GET", "/events/none/attendee").status

    def test_variables_reach_the_functions(self, start_stack: StartStack, project_copy: Path) -> None:
        use_probe(project_copy)
        stack = start_stack(project=project_copy, function_environment={"MARK": "a=b c"})

        assert "a=b c" == stack.http("GET", "/events?variable=MARK").json()


class TestRefusing:
    def test_a_busy_port(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]

            refused = run_local("run", "--port", str(port), "--state", str(tmp_path))

        assert 1 == refused.returncode
        assert f"Error: port {port} is in use. Choose another: make run PORT={port + 1}" in refused.stderr

    def test_a_second_run_over_the_same_data(self, open_stack: Stack) -> None:
        refused = run_local("run", "--port", "0", "--state", open_stack.state)

        assert 1 == refused.returncode
        assert f"already running here (process {open_stack.pid}" in refused.stderr
        assert 200 == open_stack.http("GET", "/events/").status

    def test_forgetting_data_in_use(self, open_stack: Stack) -> None:
        refused = run_local("clean-data", "--state", open_stack.state)

        assert 1 == refused.returncode
        assert "already running here" in refused.stderr

    def test_a_token_without_a_stack(self, tmp_path: Path) -> None:
        refused = run_local("token", "--state", str(tmp_path))

        assert (1, "") == (refused.returncode, refused.stdout)
        assert "No local stack is running" in refused.stderr

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            (("Type: AWS::DynamoDB::Table", "Type: AWS::DynamoDB::Chair"), "AWS::DynamoDB::Chair"),
            (("CodeUri: functions/get_event/", "CodeUri: functions/no_such/"), "there is no code in"),
            (("!GetAtt Table.Arn", "!GetAtt Table.Nonsense"), "FunctionRole (AWS::IAM::Role): "),
            (("      CodeUri: functions/get_event/\n", ""), "not laid out as SAM templates are: KeyError('CodeUri')"),
            (("  LogGroupName:\n", "  Renamed:\n"), "the template has no output LogGroupName"),
            (("Resources:", "Resources: ["), "not readable as YAML"),
        ],
        ids=["unknown resource type", "missing code", "unknown attribute", "no code", "no output", "not YAML"],
    )
    def test_a_template_that_cannot_be_deployed(self, change: tuple[str, str], reason: str, tmp_path: Path) -> None:
        broken = tmp_path / "broken.yaml"
        text = (PROJECT / "template.yaml").read_text()
        assert change[0] in text
        broken.write_text(text.replace(*change))

        with pytest.raises(LaunchError, match="Error: ") as refused, launch(options=["--template", str(broken)]):
            pass

        assert reason in str(refused.value)
        assert "Traceback" not in str(refused.value)

    def test_a_failed_first_deployment_does_not_spoil_the_next(self, start_stack: StartStack, tmp_path: Path) -> None:
        broken = tmp_path / "broken.yaml"
        broken.write_text((PROJECT / "template.yaml").read_text().replace("DynamoDB::Table", "DynamoDB::Chair"))
        with pytest.raises(LaunchError), launch(state=tmp_path / "state", options=["--template", str(broken)]):
            pass

        assert 200 == start_stack(state=tmp_path / "state").http("GET", "/events/").status

    def test_a_python_too_old(self) -> None:
        imitation = "import sys; sys.version_info = (3, 10, 9); sys.argv = ['local']; import runpy; "
        imitation += "runpy.run_module('local', run_name='__main__')"

        refused = subprocess.run(
            [sys.executable, "-c", imitation], cwd=PROJECT, check=False, capture_output=True, text=True
        )

        assert 1 == refused.returncode
        assert refused.stderr.startswith("Error: Python 3.11 or newer is needed; this is 3.10")


class TestStopping:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
    def test_a_signal_stops_all_and_saves(self, start_stack: StartStack, tmp_path: Path, number: int) -> None:
        stack = start_stack(state=tmp_path)
        stack.http("GET", "/events/")
        assert 3 <= len(living((stack.pid, stack.cloud_pid))), "the run, MiniStack and a worker"

        stack.process.send_signal(number)

        assert 0 == stack.process.wait(30)
        assert [] == living((stack.pid, stack.cloud_pid))
        assert not (tmp_path / "stack.json").exists()
        assert (tmp_path / "cloud" / "dynamodb.json").exists()

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    @pytest.mark.parametrize("sent_to", ["process group", "make alone"])
    def test_make_passes_signals_on(self, tmp_path: Path, number: int, sent_to: str) -> None:
        with (tmp_path / "output").open("w") as output:
            make = subprocess.Popen(
                ["make", "run", "PORT=0", f"STATE={tmp_path}", f"PYTHON={sys.executable}"],
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            facts = tmp_path / "stack.json"
            eventually(facts.exists, timeout=300)
            sessions = (make.pid, json.loads(facts.read_text())["cloud_pid"])

            if sent_to == "process group":
                os.killpg(make.pid, number)
            else:
                make.send_signal(number)
                if number == signal.SIGINT:
                    # make itself waits for its child on SIGINT, which a terminal sends to both.
                    os.kill(json.loads(facts.read_text())["pid"], number)
            make.wait(30)
            eventually(lambda: not living(sessions))
        finally:
            make.kill()
        assert (tmp_path / "cloud" / "dynamodb.json").exists()

    def test_a_killed_run_leaves_nothing_behind_and_loses_nothing(
        self, start_stack: StartStack, tmp_path: Path
    ) -> None:
        killed = start_stack(state=tmp_path)
        put_item(killed, "kept")
        killed.process.kill()
        killed.process.wait()

        # At once: the next run waits for the killed one's MiniStack.
        after = start_stack(state=tmp_path)

        assert [] == living((killed.pid, killed.cloud_pid))
        assert has_item(after, "kept")

    def test_a_run_whose_ministack_dies_says_so_and_ends(self, start_stack: StartStack, tmp_path: Path) -> None:
        stack = start_stack(state=tmp_path)
        stack.http("GET", "/events/")

        os.kill(stack.cloud_pid, signal.SIGKILL)

        assert 1 == stack.process.wait(30)
        assert "Error: MiniStack ended by itself" in stack.output()
        eventually(lambda: not living((stack.pid, stack.cloud_pid)))
        assert 200 == start_stack(state=tmp_path).http("GET", "/events/").status

    def test_a_run_ends_with_the_program_that_started_it(self, start_stack: StartStack) -> None:
        stack = start_stack()

        assert stack.process.stdin
        stack.process.stdin.close()

        assert 0 == stack.process.wait(30)

    def test_clean_data_forgets(self, start_stack: StartStack, tmp_path: Path) -> None:
        first = start_stack(state=tmp_path)
        put_item(first, "forgotten")
        first.stop()

        assert 0 == run_local("clean-data", "--state", str(tmp_path)).returncode
        assert "There is no data in" in run_local("clean-data", "--state", str(tmp_path)).stderr

        assert not has_item(start_stack(state=tmp_path), "forgotten")


class TestChanging:
    def test_saved_changes_are_live_soon_and_broken_ones_are_not(
        self, start_stack: StartStack, project_copy: Path
    ) -> None:
        stack = start_stack(project=project_copy, watch=True)
        function = project_copy / "functions" / "list_events" / "app.py"
        package = project_copy / "shared" / "event_management" / "__init__.py"
        template = project_copy / "template.yaml"

        def answers(expected: bytes) -> Callable[[], bool]:
            return lambda: expected == stack.http("GET", "/events/").body

        function.write_text("def lambda_handler(event, context):\n    return {'statusCode': 200, 'body': 'one'}\n")
        eventually(answers(b"one"))
        eventually(lambda: "Change in functions/list_events/app.py: live after" in stack.output())

        function.write_text("def lambda_handler(event, context:\n")
        eventually(lambda: "functions/list_events/app.py: NOT live" in stack.output())
        assert "functions/list_events/app.py, line 1: '(' was never closed" in stack.output()
        assert answers(b"one")()

        package.write_text(package.read_text() + "\nNEWS = 'two'\n")
        function.write_text(
            "import event_management\n\n\n"
            "def lambda_handler(event, context):\n    return {'statusCode': 200, 'body': event_management.NEWS}\n"
        )
        eventually(answers(b"two"))

        package.write_text(package.read_text().replace("'two'", "'six'"))
        eventually(answers(b"six"))

        working = template.read_text()
        # Refused half way: the API has been changed by then, and is changed back.
        moved = working.replace("Path: /events, Method: GET", "Path: /parties, Method: GET")
        template.write_text(moved.replace("!GetAtt Table.Arn", "!GetAtt Table.Nonsense"))
        eventually(lambda: "Change in template.yaml: NOT live" in stack.output())
        assert "Requested attribute Nonsense does not exist" in stack.output()
        assert answers(b"six")()
        assert "route_not_found" == stack.http("GET", "/parties/").json()["code"]

        template.write_text(moved)
        eventually(lambda: b"six" == stack.http("GET", "/parties/").body)
        assert "route_not_found" == stack.http("GET", "/events/").json()["code"]
        facts = json.loads((Path(stack.state) / "stack.json").read_text())
        stack.client("apigateway").get_rest_api(restApiId=facts["api_id"])


class TestFrontDoor:
    @pytest.fixture
    def stack(self, start_stack: StartStack, project_copy: Path) -> Stack:
        use_probe(project_copy)
        return start_stack(project=project_copy)

    def test_requests_and_answers_pass_unchanged(self, stack: Stack) -> None:
        self.check_paths_and_queries(stack)
        self.check_request_headers_and_bodies(stack)
        self.check_answers(stack)
        self.check_gateway_errors(stack)
        self.check_raw_connections(stack)

    def check_paths_and_queries(self, stack: Stack) -> None:
        for path, event_id in {
            "/events/plain": "plain",
            "/events/plain/": "plain",
            "/events/a%2525b": "a%25b",
            "/events/%E2%82%AC+%20": "€+ ",
        }.items():
            assert event_id == stack.http("GET", path).json()["pathParameters"]["event_id"]
        query = stack.http("GET", "/events?a=1&a=2&b=&c=%26%2B&d=x+y&e=%C3%A9").json()[
            "multiValueQueryStringParameters"
        ]
        assert {"a": ["1", "2"], "b": [""], "c": ["&+"], "d": ["x y"], "e": ["é"]} == query

    def check_request_headers_and_bodies(self, stack: Stack) -> None:
        event = stack.http(
            "POST",
            "/events/",
            body=b'{"x": "\xe2\x82\xac"}',
            headers={"TransactionId": "t", "Connection": "x-gone", "X-Gone": "1"},
        ).json()
        headers = {name.lower(): value for name, value in event["headers"].items()}
        assert ("POST", '{"x": "€"}', "t") == (event["httpMethod"], event["body"], headers["transactionid"])
        assert not {"connection", "x-gone"} & headers.keys()
        assert urlsplit(stack.endpoint_url).netloc == headers["host"]
        assert "127.0.0.1" == headers["x-forwarded-for"]
        assert stack.http("POST", "/events/", body=b"").json()["body"] is None
        large = b"x" * (9 * 1024 * 1024)
        assert len(large) == len(stack.http("POST", "/events/", body=large).json()["body"])

    def check_answers(self, stack: Stack) -> None:
        def ask(answer: dict[str, object]) -> str:
            return "/events?answer=" + quote(json.dumps(answer))

        answer = stack.http(
            "GET",
            ask(
                {
                    "statusCode": 418,
                    "headers": {"X-One": "1", "Content-Type": "text/plain"},
                    "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
                    "body": "è",
                }
            ),
        )
        assert (418, "1", "text/plain") == (answer.status, answer.headers["X-One"], answer.headers["Content-Type"])
        assert ["a=1", "b=2"] == answer.headers.get_all("Set-Cookie")
        assert "è".encode() == answer.body
        for status in (204, 304, 404, 500):
            answer = stack.http("GET", ask({"statusCode": status, "body": ""}))
            assert (status, b"") == (answer.status, answer.body)

    def check_gateway_errors(self, stack: Stack) -> None:
        for method, path in [
            ("GET", "/"),
            ("GET", "/nope"),
            ("PUT", "/events/"),
            ("FROBNICATE", "/events/"),
            ("HEAD", "/events/"),
        ]:
            answer = stack.http(method, path)
            assert (404, "application/problem+json") == (answer.status, answer.headers["Content-Type"]), (method, path)
            if method != "HEAD":
                assert "route_not_found" == answer.json()["code"]
        answer = stack.http("POST", "/events/", body=b"x" * (10 * 1024 * 1024 + 1))
        assert (413, "request_too_large") == (answer.status, answer.json()["code"])
        assert answer.headers["TransactionId"] is None
        answer = stack.http("POST", "/", body=b"x" * (10 * 1024 * 1024 + 1), headers={"transactionid": "t-1"})
        assert (413, "t-1") == (answer.status, answer.headers["TransactionId"])

    def check_raw_connections(self, stack: Stack) -> None:
        url = urlsplit(stack.base_url)
        with socket.create_connection((str(url.hostname), url.port or 0), timeout=20) as connection:
            stream = connection.makefile("rb")

            def exchange(request: bytes) -> tuple[bytes, bytes]:
                connection.sendall(request)
                status = stream.readline()
                length = 0
                while (line := stream.readline().strip()) != b"":
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                return status, stream.read(length)

            # Several on one connection, the second in chunks, the third waiting to be told to go on.
            assert b"HTTP/1.1 200" in exchange(b"GET /events/one HTTP/1.1\r\nHost: x\r\n\r\n")[0]
            chunked = b"POST /events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
            assert "abcde" == json.loads(exchange(chunked)[1])["body"]
            lying = chunked.replace(b"Host: x", b"Host: s3.localhost\r\nContent-Length: 3")
            assert "abcde" == json.loads(exchange(lying)[1])["body"]
            connection.sendall(b"POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            assert b"HTTP/1.1 100" in stream.readline()
            assert b"\r\n" == stream.readline()
            assert "ok" == json.loads(exchange(b"ok")[1])["body"]
            connection.sendall(b"POST /events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(11):
                connection.sendall(b"100000\r\n" + b"x" * 0x100000 + b"\r\n")
            assert b"HTTP/1.1 413" in exchange(b"0\r\n\r\n")[0]
        with socket.create_connection((str(url.hostname), url.port or 0), timeout=20) as connection:
            connection.sendall(b"not http\r\n\r\n")
            answer = connection.makefile("rb").read()
            assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
            assert "bad_request" == json.loads(answer.partition(b"\r\n\r\n")[2])["code"]
