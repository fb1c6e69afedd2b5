"""samconfig.toml: what `sam` does when nothing more is said."""

import tomllib

from tests.gateway import ROOT

SETTINGS = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))["default"]


def test_a_deployment_asks_before_it_changes_anything():
    assert SETTINGS["deploy"]["parameters"]["confirm_changeset"] is True


def test_a_deployment_may_make_roles_but_none_with_a_name_of_its_own():
    assert "CAPABILITY_IAM" == SETTINGS["deploy"]["parameters"]["capabilities"]


def test_a_deployment_needs_no_bucket_made_beforehand():
    assert SETTINGS["deploy"]["parameters"]["resolve_s3"] is True
    assert not {"s3_bucket", "profile", "region"} & SETTINGS["deploy"]["parameters"].keys()


def test_account_and_region_are_the_operators_choice():
    assert {"stack_name": "event-management"} == SETTINGS["global"]["parameters"]


def test_validating_lints():
    assert SETTINGS["validate"]["parameters"]["lint"] is True
