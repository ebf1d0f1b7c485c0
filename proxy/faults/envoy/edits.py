"""The places of `envoy.yaml.in` that faults edit."""

from proxy.faults.fault import Edit, FaultsOf

fault = FaultsOf("envoy")

UPGRADES = "                - upgrade_type: websocket   #"
IN_FILTERS = "                # A stream client cannot follow a login redirect:"
ROUTE = "                        route:\n"
IN_ROUTES = f"                      - match: {{prefix: /}}\n{ROUTE}"
IN_ROUTE = "                          timeout: 0s   #"
AFTER_ROUTES = "        @TLS@transport_socket:\n"
IN_ANSWERS = '                          if known:get("handshake") then\n'

EXT_AUTHZ = "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3"
UNGATED = (
    "  route: {cluster: origin, timeout: 0s}",
    "  typed_per_filter_config:",
    "    envoy.filters.http.ext_authz:",
    f'      "@type": {EXT_AUTHZ}.ExtAuthzPerRoute',
    "      disabled: true",
)
"""What makes of a match a route that leads to the origin and asks nobody."""


def on_route(*lines: str) -> Edit:
    """Return the edit that adds lines to the route of the application, beside `match`."""
    added = "".join(f"                        {line}\n" for line in lines)
    return IN_ROUTES, IN_ROUTES.replace(ROUTE, f"{added}{ROUTE}")


def switched_off(name: str) -> Edit:
    """Return the edit that leaves a filter out."""
    line = f"                - name: {name}\n"
    return line, f"{line}                  disabled: true\n"
