"""Which return URLs of a login are ours (contract 5.4)."""

from urllib.parse import urljoin, urlsplit


def validated(rd: str | None, external_host: str) -> str:
    r"""Return the absolute return URL, or the empty string for one that is not ours.

    Host and port must equal those of `external_host`; a bare path is resolved against it. A
    backslash or a control character is refused outright: browsers read `/\host` as `//host`.
    """
    if not rd or any(char <= " " or char in "\\\x7f" for char in rd):
        return ""
    try:
        target = urlsplit(urljoin(external_host + "/", rd))
        ours = urlsplit(external_host)
        same = target.netloc.lower() == ours.netloc.lower()
    except ValueError:
        return ""
    if not same or target.scheme not in ("http", "https"):
        return ""
    return target.geturl()
