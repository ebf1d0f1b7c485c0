"""Products by what their answers look like; anybody can send these signs, so all are guesses."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from proxyproof.doctor.answers import Answer
from proxyproof.doctor.findings import Guess


@dataclass(frozen=True)
class Sign:
    """A sign of a product: a field (`body` for the body) whose value matches."""

    product: str
    field: str
    pattern: str

    def seen_in(self, answer: Answer) -> str:
        """The sign as it was seen, empty if it was not."""
        if self.field == "body":
            body = answer.body.decode("latin-1")
            return "style of its error page" if re.search(self.pattern, body) else ""
        for value in answer.get_all(self.field):
            if found := re.search(self.pattern, value, re.IGNORECASE):
                return f"{self.field}: {found[0]}"
        return ""


SIGNS = (
    Sign("Authentik", "location", r"/outpost\.goauthentik\.io/start|/application/o/authorize/"),
    Sign("Authentik", "set-cookie", r"^authentik_proxy_"),
    Sign("Authentik", "set-cookie", r"^authentik_session"),
    Sign("Authentik", "x-powered-by", r"^authentik"),
    Sign("oauth2-proxy", "location", r"/oauth2/(?:start|sign_in)"),
    Sign("oauth2-proxy", "set-cookie", r"^_oauth2_proxy\w*"),
    # Others have a parameter of that name too; what follows it is not shown.
    Sign("Authelia", "location", r"^(?!\S*(?:goauthentik|/oauth2/))[^?]+(?=\?(?:\S*&)?rd=)"),
    Sign("Authelia", "set-cookie", r"^authelia_session"),
    Sign("Pomerium", "location", r"/\.pomerium/sign_in"),
    Sign("Pomerium", "set-cookie", r"^_pomerium"),
    Sign("Cloudflare", "location", r"/cdn-cgi/access/login"),
    Sign("Cloudflare", "set-cookie", r"^CF_Authorization"),
    Sign("Cloudflare", "server", r"^cloudflare"),
    Sign("Cloudflare", "cf-ray", r"^\w+-\w+"),
    Sign("AWS ALB", "set-cookie", r"^AWSELBAuthSessionCookie"),
    Sign("AWS ALB", "set-cookie", r"^AWSALB"),
    Sign("AWS ALB", "server", r"^awselb/\S+"),
    Sign("mod_auth_openidc", "set-cookie", r"^mod_auth_openidc_(?:session|state)"),
    Sign("Apache httpd", "server", r"^Apache\S*"),
    Sign("Envoy", "server", r"^(?:istio-)?envoy"),
    Sign("Envoy", "x-envoy-upstream-service-time", r"^\d+"),
    Sign("nginx", "server", r"^(?:nginx|openresty)\S*"),
    Sign("nginx", "body", r"<center>(?:nginx|openresty)"),
    Sign("Caddy", "server", r"^Caddy"),
    Sign("Caddy", "via", r"[\d.]+ Caddy"),
    Sign("HAProxy", "set-cookie", r"^SERVERID"),
    Sign("HAProxy", "body", r"No server is available to handle this request\."),
    Sign("Traefik, or another program in Go", "body", r"^404 page not found\s*$"),
)


def guesses(answers: Iterable[Answer]) -> list[Guess]:
    """The products that the answers look like, in the order of the table."""
    found: dict[str, dict[str, None]] = {}
    kept = list(answers)
    for sign in SIGNS:
        for answer in kept:
            if seen := sign.seen_in(answer):
                found.setdefault(sign.product, {})[seen] = None
    return [Guess(product, tuple(signs)) for product, signs in found.items()]
