from dataclasses import fields
from datetime import date
from ipaddress import ip_network
from pathlib import Path

import pytest

from proxyproof.outpost.profiles import Profile
from proxyproof.outpost.settings import Settings, SettingsError, load, parse

MINIMAL: dict[str, object] = {
    "listen": "127.0.0.1:0",
    "external_host": "https://App.test:8443/",
    "internal_host": "http://127.0.0.1:1",
    "client_id": "x",
    "client_secret": "y",
    "cookie_secret": "0123456789abcdef0123456789abcdef",
    "issuer": "http://127.0.0.1:2",
}


def test_the_defaults_are_those_of_a_rust_outpost() -> None:
    settings = parse(MINIMAL)

    assert settings.profile.name == "rust-2026.8"
    assert settings.session_store is None
    assert settings.authority == "app.test:8443"
    assert ip_network("10.0.0.0/8") in settings.trusted_proxies


def test_paths_are_relative_to_the_folder_of_the_file() -> None:
    changes = {"tls_cert": "c.pem", "tls_key": "k.pem", "session_store": "kept"}
    settings = parse({**MINIMAL, **changes}, Path("/etc/outpost"))

    assert settings.tls_cert == Path("/etc/outpost/c.pem")
    assert settings.session_store == Path("/etc/outpost/kept")


def test_sessions_may_be_kept_in_memory_explicitly() -> None:
    assert parse({**MINIMAL, "session_store": "memory"}).session_store is None


def test_quirks_override_the_profile_by_name() -> None:
    profile = parse(
        {**MINIMAL, "profile": "go-2025.12", "quirks": {"write_deadline_seconds": 2}}
    ).profile

    assert (profile.name, profile.write_deadline_seconds) == ("go-2025.12", 2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lisen": ":1"}, "unknown key 'lisen': known are app_slug"),
        ({"listen": "9000"}, "listen must be \"host:port\", not '9000'"),
        ({"listen": "x:99999"}, "listen must be"),
        ({"issuer": "localhost:5000"}, "issuer must be an http or https URL"),
        ({"mode": "both"}, "mode must be 'proxy' or 'forward_single' or 'forward_domain', not"),
        ({"profile": "php"}, "unknown profile 'php': known are rust-2026.8, go-2025.12"),
        ({"cookie_secret": "short"}, "cookie_secret must have at least 32 bytes"),
        ({"tls_cert": "c.pem"}, "tls_cert and tls_key go together"),
        ({"trusted_proxies": ["nowhere"]}, "'nowhere' does not appear to be"),
        ({"trusted_proxies": "127.0.0.1"}, "trusted_proxies must be a list of strings"),
        (
            {"session_seconds": "1h"},
            "session_seconds must be float, from 0 to 1e9, not '1h'",
        ),
        ({"intercept_header_auth": 1}, "intercept_header_auth must be bool, not 1"),
        ({"quirks": {"nonsense": 1}}, "unknown quirk 'nonsense': known are adopts_unknown_id"),
        ({"session_seconds": -1}, "session_seconds must be float, from 0 to 1e9"),
        ({"session_seconds": float("nan")}, "from 0 to 1e9, not nan"),
        ({"tls_cert": 5, "tls_key": 5}, "tls_cert must be a path, not 5"),
        ({"session_store": ""}, "session_store must be a path, not ''"),
        ({"issuer": "http://x:99999999"}, "issuer must be an http or https URL"),
        ({"issuer": "http://["}, "issuer must be an http or https URL"),
        ({"listen": "x:²"}, "listen must be"),
        ({"profile": []}, "unknown profile \\[\\]"),
        ({"faults": "strips-cookie"}, "faults must be a list of strings"),
        ({"cookie_domain": "a.b; Path=/x"}, "cookie_domain must be a domain like example.com"),
        ({"cookie_domain": 5}, "cookie_domain must be a domain like example.com, not 5"),
        ({"cookie_domain": "pp.test"}, "App.test:8443 is not in cookie_domain 'pp.test'"),
        ({"mode": "forward_domain"}, "cookie_domain is missing"),
        ({"quirks": 5}, "quirks must be a table, not 5"),
        ({"quirks": {"sweep_seconds": -1}}, "'sweep_seconds' must be float, from 0 to 1e9"),
        ({"quirks": {"bad_state_status": 200}}, "'bad_state_status' must be 400 or 302, not 200"),
        ({"quirks": {"half_close": "yes"}}, "quirk 'half_close' must be bool, not 'yes'"),
        ({"quirks": {"forwarding": "x"}}, "must be 'trusted' or 'keep' or 'discard', not 'x'"),
        ({"quirks": {"tunnelled": "h2c"}}, "quirk 'tunnelled' must be a list of strings"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(
    changes: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        parse({**MINIMAL, **changes})


@pytest.mark.parametrize("key", sorted(MINIMAL))
def test_a_missing_key_is_named(key: str) -> None:
    table = {name: value for name, value in MINIMAL.items() if name != key}

    with pytest.raises(ValueError, match=f"{key} is missing"):
        parse(table)


def test_forward_mode_needs_no_internal_host() -> None:
    table = {name: value for name, value in MINIMAL.items() if name != "internal_host"}

    assert parse({**table, "mode": "forward_single"}).internal_host == ""


ODD = [True, -1, 10**400, float("inf"), [], {}, "", "\x00", "a\nb", "http://[", "http://h:x", [1]]


@pytest.mark.parametrize("value", [*ODD, ["\x00"], {"a": 1}, date(2026, 1, 1), "1:1:1"], ids=repr)
def test_an_odd_value_is_at_most_refused_and_in_one_line(value: object) -> None:
    tables: list[dict[str, object]] = [{field.name: value} for field in fields(Settings)]
    tables += ({"quirks": {field.name: value}} for field in fields(Profile))
    tables.append({"quirks": value})
    refusals = []
    for table in tables:
        try:
            parse({**MINIMAL, **table})
        except ValueError as error:
            refusals.append(str(error))

    assert refusals
    assert not any("\n" in refusal for refusal in refusals)


def test_in_domain_mode_every_host_of_the_domain_is_served() -> None:
    # contract 1.1: leading dot trimmed, plain suffix test
    settings = parse({**MINIMAL, "mode": "forward_domain", "cookie_domain": ".test"})
    hosts = ("app.test:8443", "app.test", "other.test:1", "test", "eviltest", "app.test.evil", "")

    assert [settings.serves(host) for host in hosts] == [True] * 5 + [False] * 2


def test_a_domain_may_be_told_to_begin_at_a_dot() -> None:
    # contract 1.1, 5.4: in reality there is no dot boundary
    changes = {"mode": "forward_domain", "cookie_domain": "test"}
    settings = parse({**MINIMAL, **changes, "quirks": {"domain_boundary": True}})

    assert [settings.serves(host) for host in ("a.test", "test", "eviltest")] == [True, True, False]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot read .*no.toml: No such file"):
        load(tmp_path / "no.toml")


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("listen = \nmode")
    with pytest.raises(SettingsError, match=r"bad.toml is not TOML: .*line 1"):
        load(tmp_path / "bad.toml")


def test_a_file_that_says_what_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").write_text("")
    with pytest.raises(SettingsError, match=r"empty.toml: listen is missing"):
        load(tmp_path / "empty.toml")


def test_every_key_of_a_good_file_is_taken(tmp_path: Path) -> None:
    lines = [f'{key} = "{value}"' for key, value in MINIMAL.items()]
    quirks = ["[quirks]", 'tunnelled = ["websocket", "h2c"]']
    (tmp_path / "good.toml").write_text("\n".join([*lines, 'faults = ["strips-cookie"]', *quirks]))
    settings = load(tmp_path / "good.toml")

    assert settings.faults == ("strips-cookie",)
    assert settings.profile.tunnelled == ("websocket", "h2c")
