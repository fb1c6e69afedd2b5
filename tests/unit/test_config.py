import pytest

from event_management.config import Config, ConfigError, load_config


def test_settings_come_from_the_environment(environment):
    environment.setenv("ALLOWED_ORIGINS", " https://a.example ,https://b.example,")
    assert load_config() == Config(
        "events-under-test", "Asia/Kolkata", frozenset({"https://a.example", "https://b.example"}), is_open=True
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
