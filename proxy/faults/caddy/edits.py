"""The places of `Caddyfile.in` that faults edit."""

from proxy.faults.fault import FaultsOf

fault = FaultsOf("caddy")

IN_ORIGIN = "\t\t\tstream_close_delay 1h"
IN_QUESTION = "\t\t\turi /outpost.goauthentik.io/auth/caddy"
IN_ROUTE = "\t\treverse_proxy @ORIGIN@ {"
BEFORE_ROUTE = "\t# In this order, not in Caddy's own."
BEFORE_GATE = "\t\tforward_auth @OUTPOST@ {"
READ_TIMEOUT = "read_timeout @IDLE_MS@ms"
