import pytest

from event_management.config import Config, ConfigError, load_config, load_limits
from event_management.limits import Limit
from event_management.timezones import find_zone


def test_settings_come_from_the_environment(environment):
    environment.setenv("ALLOWED_ORIGINS", " https://a.example ,https://b.example,")
    assert load_config() == Config(
        "events-under-test",
        find_zone("Asia/Kolkata"),
        frozenset({"https://a.example", "https://b.example"}),
        is_open=True,
    )


@pytest.mark.parametrize("name", ["TABLE_NAME", "DEFAULT_TIMEZONE", "ALLOWED_ORIGINS"])
def test_a_missing_setting_is_named(environment, name):
    environment.delenv(name)
    with pytest.raises(ConfigError, match=name):
        load_config()


def test_no_origins_is_a_setting(environment):
    environment.setenv("ALLOWED_ORIGINS", "")
    assert frozenset() == load_config().allowed_origins


def test_a_function_is_guarded_unless_told_otherwise(environment):
    environment.delenv("AUTH_MODE")
    assert not load_config().is_open


def test_an_unknown_auth_mode_is_refused(environment):
    environment.setenv("AUTH_MODE", "Open")
    with pytest.raises(ConfigError, match="AUTH_MODE"):
        load_config()


def test_an_unknown_default_zone_is_the_operators_fault(environment):
    environment.setenv("DEFAULT_TIMEZONE", "Asia/Calcuta")
    with pytest.raises(ConfigError, match="DEFAULT_TIMEZONE must be an IANA time zone"):
        load_config()


@pytest.mark.parametrize(
    "origin", ["https://shop.example/", "shop.example", "ftp://shop.example", "https://a .example", "null"]
)
def test_what_is_no_origin_is_refused(environment, origin):
    environment.setenv("ALLOWED_ORIGINS", f"https://desk.example,{origin}")
    with pytest.raises(ConfigError, match="ALLOWED_ORIGINS"):
        load_config()


def limits(environment, **settings):
    for name, value in settings.items():
        environment.setenv(f"REGISTRATIONS_{name.upper()}", value)
    return load_limits()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ()),
        ({"per_client": "0", "per_address": "0", "window_seconds": "60"}, ()),
        ({"per_address": "5"}, (Limit("address", 5, 300),)),
        ({"per_client": "100", "window_seconds": "60"}, (Limit("client", 100, 60),)),
        (
            {"per_address": "1", "per_client": "2", "window_seconds": "3600"},
            (Limit("client", 2, 3600), Limit("address", 1, 3600)),
        ),
    ],
)
def test_limits_are_those_that_are_not_0_and_clients_count_first(environment, settings, expected):
    assert expected == limits(environment, **settings)


@pytest.mark.parametrize("name", ["per_client", "per_address", "window_seconds"])
@pytest.mark.parametrize("text", ["", "-1", "1.5", "many", "٣", "1000000000"])
def test_a_limit_that_is_no_whole_number_is_the_operators_fault(environment, name, text):
    with pytest.raises(ConfigError, match=f"REGISTRATIONS_{name.upper()} must be a whole number"):
        limits(environment, **{"per_client": "1", "per_address": "1", name: text})


def test_a_window_without_length_is_the_operators_fault(environment):
    with pytest.raises(ConfigError, match="REGISTRATIONS_WINDOW_SECONDS must be 1 or more"):
        limits(environment, per_client="1", window_seconds="0")
