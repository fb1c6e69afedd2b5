"""Results of benchmarks: tables, data, the machine."""

import json
import platform
from pathlib import Path

import pytest

from bench import report


def test_a_table_is_readable_as_text_and_as_markdown():
    expected = "| what |  ms |\n|------|----:|\n| a    | 1.5 |\n| long |  12 |"

    assert expected == report.markdown_table(("what", "ms"), [("a", "1.5"), ("long", "12")])


def test_a_row_with_a_missing_cell_is_refused():
    with pytest.raises(ValueError, match="every row"):
        report.markdown_table(("what", "ms"), [("a",)])


def test_the_machine_is_described_without_its_name_or_a_path():
    described = report.describe_machine(["pytest"], valgrind="3.24.0")

    assert f"CPython {platform.python_version()}" == described["Python"]
    assert "3.24.0" == described["valgrind"]
    assert {"CPU", "OS", "Python", "pytest", "valgrind"} == set(described)
    assert platform.node() not in str(described)
    assert str(Path.home()) not in str(described)


def test_a_page_and_its_data_are_the_same_for_the_same_figures(tmp_path):
    pages = [
        report.publish("speed", "Speed", ["| a |"], machine={"CPU": "x"}, data={"n": 1}, folder=tmp_path / run)
        for run in "ab"
    ]

    assert "# Speed\n\nCPU: x\n\n| a |\n" == pages[0].read_text()
    assert {"machine": {"CPU": "x"}, "n": 1} == json.loads((tmp_path / "a" / "speed.json").read_text())
    assert pages[0].read_text() == pages[1].read_text()
