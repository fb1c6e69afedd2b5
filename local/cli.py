"""The command line of ``python -m local``."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from local import build, run, sam_local, state, users
from local.environment import PROJECT
from local.failure import Failure
from local.progress import say
from local.state import StateFolder


def main(arguments: list[str]) -> int:
    """Run a command and return the exit code: 0 when it did what was asked, 1 when it could not."""
    options = _parser().parse_args(arguments)
    _forget_aws_settings()
    try:
        code: int = options.command(options)
    except Failure as failure:
        print(f"\nError: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _forget_aws_settings() -> None:
    """Keep a user's own profile, endpoints and credentials out of the local stack."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description="The whole stack on this machine.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.add_argument(
            "--state",
            type=Path,
            default=state.DEFAULT,
            metavar="DIR",
            help="folder of the stack's data and logs (default: .local)",
        )
        return added

    running = command("run", "Build, deploy to MiniStack and serve until stopped.")
    running.add_argument(
        "--port", type=_port, default=5000, help="port of the API on 127.0.0.1; 0 takes a free one (5000)"
    )
    running.add_argument(
        "--auth",
        choices=("open", "cognito"),
        default="open",
        help="open: no tokens; cognito: the template's authorizer",
    )
    running.add_argument(
        "--template",
        type=Path,
        default=PROJECT / "template.yaml",
        metavar="FILE",
        help="template to deploy (template.yaml)",
    )
    running.add_argument(
        "--function-env",
        type=_variable,
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="environment variable for every function; may be repeated",
    )
    running.add_argument("--no-watch", action="store_true", help="do not deploy saved changes")
    running.add_argument(
        "--ready-file", type=Path, metavar="FILE", help="write the stack's facts here, as JSON, once it serves"
    )
    running.add_argument(
        "--stop-with-stdin", action="store_true", help="stop when stdin ends, as it does with its other end"
    )
    running.set_defaults(command=_run)

    building = commands.add_parser(
        "build", help="Build the layer's dependencies for this machine and print their folder."
    )
    building.set_defaults(command=_build)
    token = command("token", "Print a fresh ID token of a demo user of the guarded stack.")
    token.add_argument("--user", choices=users.USERS, default="organiser", help="whose token (organiser)")
    token.set_defaults(command=_token)
    command("clean-data", "Forget the data of a stopped stack.").set_defaults(command=_clean_data)
    command("sam-local", "Let sam local use the running stack's table.").set_defaults(command=_sam_local)
    return parser


def _run(options: argparse.Namespace) -> int:
    return run.run(
        run.Options(
            port=options.port,
            state=StateFolder(options.state.resolve()),
            guarded=options.auth == "cognito",
            template=options.template.resolve(),
            function_environment=dict(options.function_env),
            watches=not options.no_watch,
            ready_file=options.ready_file,
            stops_with_stdin=options.stop_with_stdin,
        )
    )


def _build(_: argparse.Namespace) -> int:
    print(asyncio.run(build.dependencies()))
    return 0


def _token(options: argparse.Namespace) -> int:
    facts = StateFolder(options.state.resolve()).facts()
    print(users.id_token(facts["endpoint_url"], facts["user_pool_client_id"], options.user))
    return 0


def _clean_data(options: argparse.Namespace) -> int:
    folder = StateFolder(options.state.resolve())
    if not folder.cloud.exists():
        say(f"There is no data in {options.state}.")
        return 0
    with folder.lock():
        folder.forget()
    say("The local stack's data is gone.")
    return 0


def _sam_local(options: argparse.Namespace) -> int:
    sam_local.prepare(StateFolder(options.state.resolve()))
    return 0


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError("write it as KEY=VALUE")
    return name, value
