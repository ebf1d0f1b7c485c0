"""The places of `httpd.conf.in` that faults edit."""

from proxy.faults.fault import Edit, FaultsOf

fault = FaultsOf("httpd")

PASS = 'ProxyPass "/" "http://@ORIGIN@/" nocanon upgrade=websocket retry=0'
MODULE = "LoadModule auth_openidc_module ${modules}/mod_auth_openidc.so"
UNAUTHENTICATED = (
    'OIDCUnAuthAction 401 "%{HTTP:Upgrade} =~ /websocket/i '
    '|| %{HTTP:Accept} =~ m#text/event-stream#i"'
)
SESSION_TYPE = "OIDCSessionType client-cookie"

IN_SERVER = "# the public address: without it"
IN_LOCATION = "    # the token was for the gate"


def module(name: str) -> Edit:
    """Return the edit that loads one more module."""
    return MODULE, f"{MODULE}\nLoadModule {name}_module ${{modules}}/mod_{name}.so"


def without(parameter: str) -> Edit:
    """Return the edit that leaves out a parameter of ProxyPass."""
    return PASS, PASS.replace(f" {parameter}", "")
