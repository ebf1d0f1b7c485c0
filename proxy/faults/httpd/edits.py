"""The places of `httpd.conf.in` that faults edit, and how they add lines there."""

from proxy.faults import ConfigFault

Edit = tuple[str, str]

PASS = 'ProxyPass "/" "http://@ORIGIN@/" nocanon upgrade=websocket retry=0'
MODULE = "LoadModule auth_openidc_module ${modules}/mod_auth_openidc.so"
UNAUTHENTICATED = (
    'OIDCUnAuthAction 401 "%{HTTP:Upgrade} =~ /websocket/i '
    '|| %{HTTP:Accept} =~ m#text/event-stream#i"'
)
SESSION_TYPE = "OIDCSessionType client-cookie"

IN_SERVER = "# the public address: without it"
IN_LOCATION = "    # the token was for the gate"


def fault(name: str, summary: str, source: str, *edits: Edit) -> ConfigFault:
    """Return a fault of httpd."""
    return ConfigFault(name, "httpd", edits, summary, source)


def add(place: str, *lines: str) -> Edit:
    """Return the edit that adds lines before one of the `IN_` places, indented like it."""
    indent = place[: len(place) - len(place.lstrip())]
    return place, "".join(f"{indent}{line}\n" for line in lines) + place


def module(name: str) -> Edit:
    """Return the edit that loads one more module."""
    return MODULE, f"{MODULE}\nLoadModule {name}_module ${{modules}}/mod_{name}.so"


def without(parameter: str) -> Edit:
    """Return the edit that leaves out a parameter of ProxyPass."""
    return PASS, PASS.replace(f" {parameter}", "")
