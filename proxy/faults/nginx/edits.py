"""The places of `nginx.conf.in` that faults edit."""

from proxy.faults.fault import FaultsOf

fault = FaultsOf("nginx")

UPGRADE = "proxy_set_header Upgrade $upgrade_wanted;"
CONNECTION = "proxy_set_header Connection $connection_upgrade;"
PASS = "proxy_pass http://origin;\n"
SIGNIN = "error_page 401 = @goauthentik_proxy_signin;"
COOKIE = "proxy_set_header Cookie $cookie_for_origin;"
BUFFERING = "proxy_buffering off;"
AUTH_REQUEST = "auth_request /outpost.goauthentik.io/auth/nginx;"

IN_HTTP = "    upstream origin {"
IN_SERVER = "        # Start, callback and sign-out are for everybody."
IN_LOCATION = "            auth_request_set $auth_cookie $upstream_http_set_cookie;"
IN_QUESTION = "            proxy_pass_request_body off;"


def ungated(path: str) -> tuple[str, ...]:
    """Return a location that leads to the origin and asks nobody."""
    return (
        f"location {path} {{",
        "    proxy_pass http://origin;",
        "    proxy_set_header Host $http_host;",
        f"    {UPGRADE}",
        f"    {CONNECTION}",
        f"    {BUFFERING}",
        "}",
    )


def gated(path: str) -> tuple[str, ...]:
    """Return a location that asks the gate, and tells the origin nothing of what it said."""
    first, *rest = ungated(path)
    return first, f"    {AUTH_REQUEST}", f"    {SIGNIN}", *rest
