"""An answer as every probe keeps it: its status, its fields, the beginning of its body."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from proxyproof.wire.head import Field

BODY = 4096  # bytes of a body that are looked at
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Answer:
    """The answer to one request."""

    status: int
    fields: tuple[Field, ...]
    body: bytes = b""

    def get(self, name: str) -> str:
        """The combined value of a field, empty if there is none."""
        return ", ".join(self.get_all(name))

    def get_all(self, name: str) -> list[str]:
        """The values of all lines of a field."""
        return [value for known, value in self.fields if known.lower() == name.lower()]

    @property
    def media_type(self) -> str:
        """The content type without its parameters."""
        return self.get("Content-Type").partition(";")[0].strip().lower()

    @property
    def is_redirect(self) -> bool:
        """Whether it leads elsewhere."""
        return self.status in REDIRECTS and bool(self.get("Location"))

    @property
    def leads_to(self) -> str:
        """Where it leads, without the query: state and nonces are nobody's business."""
        parts = urlsplit(self.get("Location"))
        return f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else parts.path

    @property
    def wants_login(self) -> bool:
        """Whether somebody who is not logged in would be answered so."""
        return self.status == 401 or self.is_redirect

    @property
    def summary(self) -> str:
        """Status and what goes with it, for a person."""
        if self.is_redirect:
            return f"{self.status} to {self.leads_to}"
        return f"{self.status} {self.media_type}".strip()
