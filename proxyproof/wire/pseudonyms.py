"""Secrets leave a run only under stable names, such as `session#1`.

The same value has the same name everywhere, so that a reader still sees what came back unchanged.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

CREDENTIAL = re.compile(r"(?im)^((?:proxy-)?authorization:[ \t]*(?:\S+[ \t]+)?)(\S.*?)[ \t]*$")
COOKIE = re.compile(r"(?im)^(cookie:)(.*)$")
SET_COOKIE = re.compile(r"(?im)^(set-cookie:[ \t]*)([^=;\r\n]*)=([^;\r\n]*)")
PAIR = re.compile(r"([^=;\s]+)=([^;\r\n]*)")
SECRET_PARAMETER = (
    "code|state|nonce|code_verifier|client_secret|token|access_token|refresh_token|id_token"
    "|id_token_hint"
)
# In a URL, in a URL within a URL, and in the JSON of a token answer.
PARAMETER = re.compile(
    rf"(?i)((?:[?&]|%3F|%26)({SECRET_PARAMETER})(?:=|%3D))((?:(?!%26)[^&\s\"'#])+)"
)
MEMBER = re.compile(rf'(?i)("({SECRET_PARAMETER})"\s*:\s*")([^"]+)')
JWT = re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*")
NAME = re.compile(r"\w+#\d+")

# A shorter value may be an ordinary word; it is replaced where it stands, not everywhere.
TELLING = 8


class Pseudonyms:
    """The names given to secret values, for one run or one case."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._telling: dict[str, list[str]] = defaultdict(list)  # by their beginning
        self._count: Counter[str] = Counter()

    def name(self, kind: str, value: str) -> str:
        """The stable name of a value; the empty one needs none."""
        if not value or NAME.fullmatch(value):
            return value
        if value not in self._names:
            self._count[kind] += 1
            self._names[value] = f"{kind}#{self._count[kind]}"
            if len(value) >= TELLING:
                self._telling[value[:TELLING]].append(value)
        return self._names[value]

    def mask(self, text: str) -> str:
        """The text (a head, a URL, lines of output) with every secret value replaced."""
        text = CREDENTIAL.sub(lambda m: m[1] + self.name("credentials", m[2]), text)
        text = COOKIE.sub(lambda m: m[1] + PAIR.sub(self._cookie, m[2]), text)
        text = SET_COOKIE.sub(lambda m: f"{m[1]}{m[2]}={self._value(m[2], m[3])}", text)
        text = PARAMETER.sub(self._parameter, text)
        text = MEMBER.sub(self._parameter, text)
        text = JWT.sub(lambda m: self.name("token", m[0]), text)
        return self._known(text)

    def mask_lines(self, lines: Iterable[str]) -> list[str]:
        """Each line masked."""
        return [self.mask(line) for line in lines]

    def _cookie(self, pair: re.Match[str]) -> str:
        return f"{pair[1]}={self._value(pair[1], pair[2])}"

    def _value(self, cookie: str, value: str) -> str:
        kind = (
            "session" if "authentik" in cookie.lower() or "session" in cookie.lower() else "cookie"
        )
        return self.name(kind, value)

    def _parameter(self, found: re.Match[str]) -> str:
        kind = "token" if "token" in found[2].lower() else found[2].lower()
        return found[1] + self.name(kind, found[3])

    def _known(self, text: str) -> str:
        """Values seen before, wherever they turn up (the output of a proxy, a body)."""
        for value in sorted(self._perhaps_in(text), key=len, reverse=True):  # one may hold another
            text = text.replace(value, self._names[value])
        return text

    def _perhaps_in(self, text: str) -> Iterable[str]:
        """Values whose beginning is in the text: a run knows thousands, a line has one or two."""
        places = range(len(text) - TELLING + 1)
        for beginning in {text[at : at + TELLING] for at in places} & self._telling.keys():
            yield from self._telling[beginning]
