"""What import-linter cannot see: functions are no package, so their imports are read here."""

import ast

import pytest

from tests.gateway import ALL_FUNCTIONS, ROOT

ALLOWED = (
    "event_management.codes",
    "event_management.config",
    "event_management.errors",
    "event_management.http",
    "event_management.keys",
    "event_management.models",
    "event_management.observability",
    "event_management.qr",
    "event_management.roles",
    "event_management.scheduled",
    "event_management.spreadsheets",
    "event_management.views",
)


def imports(function):
    for node in ast.walk(ast.parse((ROOT / "functions" / function / "app.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("function", ALL_FUNCTIONS)
def test_functions_import_the_package_and_nothing_below_its_store(function):
    strangers = [
        name
        for name in imports(function)
        if not name.startswith((*ALLOWED, "event_management.store.", "http.HTTPStatus"))
        or name.startswith(
            tuple(f"event_management.store.{module}" for module in ("answers", "attributes", "client", "connection"))
        )
    ]
    assert [] == strangers


@pytest.mark.parametrize("function", ALL_FUNCTIONS)
def test_functions_say_what_their_endpoint_does_and_nothing_else(function):
    lines = (ROOT / "functions" / function / "app.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 30
    assert ["app.py"] == [path.name for path in (ROOT / "functions" / function).glob("*.*")]
