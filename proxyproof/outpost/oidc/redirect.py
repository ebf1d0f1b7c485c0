"""Which return URLs of a login are ours (contract 5.4)."""

from collections.abc import Callable
from urllib.parse import urljoin, urlsplit


def validated(
    rd: str | None, external_host: str, in_domain: Callable[[str], bool] | None = None
) -> str:
    r"""Return the absolute return URL, or the empty string for one that is not ours.

    Host and port must equal those of `external_host`; a bare path is resolved against it. Where a
    whole domain is served, `in_domain` judges the host name, and there must be one. A backslash or
    a control character is refused outright: browsers read `/\host` as `//host`.
    """
    if not rd or any(char <= " " or char in "\\\x7f" for char in rd):
        return ""
    try:
        target = urlsplit(rd if in_domain else urljoin(external_host + "/", rd))
        ours = (
            in_domain(target.hostname or "")
            if in_domain
            else target.netloc.lower() == urlsplit(external_host).netloc.lower()
        )
    except ValueError:
        return ""
    if not ours or target.scheme not in ("http", "https"):
        return ""
    return target.geturl()
