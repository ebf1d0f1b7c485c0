"""The error pages of the outpost (contract 4.1, 5.3)."""

from html import escape

from proxyproof.outpost.transfer.message import Fields, Response

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><p>{text}</p></body>
</html>
"""


def page(status: int, title: str, text: str, fields: Fields = ()) -> Response:
    """Return an HTML page."""
    return Response.text(status, _PAGE.format(title=title, text=text), "text/html", fields)


def bad_gateway(fields: Fields, detail: str = "") -> Response:
    """Return the answer when the upstream cannot be reached or did not answer."""
    return page(502, "Bad Gateway", escape(detail) or "Failed to connect to backend.", fields)


def too_late(fields: Fields) -> Response:
    """Return the answer when no response head came in time (contract 4.2)."""
    return Response(408, fields)


def unauthenticated(fields: Fields) -> Response:
    """Return the answer to an intercepted Authorization field that does not authenticate."""
    return page(401, "Unauthenticated", "Due to bad credentials.", fields)
