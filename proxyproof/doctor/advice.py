"""What to try next: for a symptom, the directive of the product that the answers look like."""

from collections.abc import Mapping

from proxyproof.doctor.findings import Diagnosis, Level

ANY = ""

ADVICE: Mapping[str, Mapping[str, str]] = {
    "buffered": {
        "nginx": "nginx: proxy_buffering off; in the location of the event stream, and no "
        "proxy_ignore_headers X-Accel-Buffering",
        "Apache httpd": "Apache httpd: flushpackets=on on the ProxyPass of the event stream",
        "Envoy": "Envoy: no buffer filter on the route of the event stream",
        "HAProxy": "HAProxy: no option http-buffer-request, and no filter on the response body",
        ANY: "find the hop that collects the response: nginx wants proxy_buffering off, Traefik no "
        "buffering middleware, Apache flushpackets=on, Envoy no buffer filter",
    },
    "compressed": {
        "nginx": "nginx: keep text/event-stream (and *) out of gzip_types",
        "Apache httpd": "Apache httpd: SetEnv no-gzip 1 for the path of the event stream",
        "Caddy": "Caddy: leave text/event-stream out of encode",
        "Envoy": "Envoy: leave text/event-stream out of content_type of the compressor filter",
        ANY: "compress no event stream: the application sends Cache-Control: no-transform, or the "
        "proxy leaves text/event-stream out (Traefik: compress.excludedContentTypes)",
    },
    "upgrade": {
        "nginx": "nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; and "
        "proxy_set_header Connection from a map that says upgrade for websocket",
        "Apache httpd": "Apache httpd: upgrade=websocket on the ProxyPass, before the catch-all",
        "Envoy": "Envoy: upgrade_configs: [{upgrade_type: websocket}]",
        "oauth2-proxy": "oauth2-proxy: --proxy-websockets=true",
        "Pomerium": "Pomerium: allow_websockets: true on the route",
        "Cloudflare": "Cloudflare: switch WebSockets on for the zone",
        ANY: "find the hop that drops Upgrade and Connection: nginx must set both, Envoy needs "
        "upgrade_configs, Apache upgrade=websocket; also a wrong path answers so (--path-ws)",
    },
    "login": {
        ANY: "log in with a browser and give its session cookie: --cookie NAME=VALUE",
    },
    "session": {
        ANY: "the cookie was not accepted: is it the proxy's own cookie, of this host, and fresh?",
    },
    "redirected": {
        "nginx": "nginx: no error_page 401 redirect in the locations of streams; let them say 401",
        ANY: "answer streams with 401 and only pages with a redirect: no stream client can log in",
    },
    "origin": {
        ANY: "the application takes its page for a foreign one: let the proxy keep Host, or set "
        "X-Forwarded-Host and X-Forwarded-Proto (https, not wss)",
    },
    "path": {
        ANY: "name the path of the stream: --path-sse PATH, --path-ws PATH",
    },
    "type": {
        ANY: "the stream must say Content-Type: text/event-stream: find what rewrites it or "
        "answers in its place (a login page, the catch-all of the application)",
    },
    "silence": {
        ANY: "let the application send a comment or a ping each 25 s or less: many proxies cut "
        "what is silent for 60 s",
    },
    "cut": {
        "Envoy": "Envoy: timeout: 0s on the route of the stream (its default of 15 s is absolute)",
        ANY: "find the timer: ask the proxy's log at the moment of the cut, and raise the timer "
        "of streams alone",
    },
    "upstream": {
        ANY: "the proxy cannot reach the application: is it up, and is its address the right one?",
    },
    "certificate": {
        ANY: "trust the authority that signed it: --ca FILE (or look without: --insecure)",
    },
    "reach": {
        ANY: "check the name, the port and the firewall between here and there",
    },
}


def next_steps(diagnosis: Diagnosis) -> list[str]:
    """What to try for the symptoms found: first what is wrong, then what is only odd."""
    products = [guess.product for guess in diagnosis.guesses]
    order = (Level.BAD, Level.LOOK, Level.UNSEEN)
    known = [one for one in diagnosis.findings if one.symptom and one.level in order]
    known.sort(key=lambda one: order.index(one.level))
    return list(dict.fromkeys(step for one in known for step in _for(one.symptom, products)))


def _for(symptom: str, products: list[str]) -> list[str]:
    table = ADVICE[symptom]
    return [table[product] for product in products if product in table] or [table[ANY]]
