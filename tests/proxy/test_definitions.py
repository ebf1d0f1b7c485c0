import pytest

from proxy.definitions import chains, definition, definitions
from proxy.edges import edges
from proxy.errors import UnknownProxy
from proxy.model import Feature, ProxyDefinition
from proxy.template import placeholders

ADDRESSES = {"LISTEN", "CONTROL", "ORIGIN", "OUTPOST"}
PARTS = {f"{name}_{part}" for name in ADDRESSES for part in ("HOST", "PORT")}
CALLER = {"ORIGIN", "OUTPOST", "EXTERNAL", "ISSUER", "BROWSER_ISSUER"}
SECRETS = {"CLIENT_ID", "CLIENT_SECRET", "COOKIE_SECRET", "CERT", "KEY", "CERT_AND_KEY"}
LAUNCHER = {"IF_ROOT", "FOLDER", "PORT", "SCHEME"}


def test_control_comes_first() -> None:
    first, *others = definitions()

    assert first == "direct"
    assert others == sorted(others)


def test_control_has_no_process_and_no_gate() -> None:
    direct = definition("direct")

    assert (direct.command, direct.config, direct.gate) == (None, None, None)
    assert not direct.features & {Feature.GATEWAY, Feature.GATE}


def test_a_definition_lacks_nothing_without_a_reason() -> None:
    every = [*definitions().values(), *edges().values(), *chains().values()]

    assert [each.name for each in every if not all(each.lacks.values())] == []


@pytest.mark.parametrize(("name", "hint"), [("ngnix", "did you mean 'nginx'? "), ("squid", "")])
def test_unknown_proxy_is_told_what_there_is(name: str, hint: str) -> None:
    with pytest.raises(UnknownProxy) as failure:
        definition(name)

    assert str(failure.value) == (
        f"unknown proxy {name!r}: {hint}known are {', '.join(definitions())}"
    )


@pytest.mark.parametrize("defined", definitions().values(), ids=lambda defined: defined.name)
def test_template_asks_only_for_what_it_is_given(defined: ProxyDefinition) -> None:
    for program in filter(None, (defined, defined.gate)):
        asked = placeholders(program.config.read_text()) if program.config else frozenset()
        given = {*program.ports, *program.defaults, *CALLER, *SECRETS, *LAUNCHER, *PARTS}
        given |= {name for values in program.schemes.values() for name in values}

        assert asked <= given
