"""The files that a page needs: the JavaScript client and what stands beside it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from aiohttp import web

from proxyproof.origin.problem import Problem

FOLDER = Path(__file__).parents[1] / "static"

# What a page of this origin may load and reach: itself.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
_MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",  # RFC 9239
    ".svg": "image/svg+xml",
}
_FAULTS = PurePosixPath("faults")
_ASSEMBLY = PurePosixPath("assembly.js")
_BY_QUERY = PurePosixPath("assembly-by-query.js")


@dataclass(frozen=True)
class File:
    """One file as it is sent."""

    content: bytes
    media_type: str

    @property
    def tag(self) -> str:
        """Its entity tag (RFC 9110 section 8.8.3), without the quotes."""
        return hashlib.sha256(self.content).hexdigest()[:16]

    def fields(self) -> dict[str, str]:
        """Response fields: kept by caches, and asked about each time it is used."""
        fields = {
            "Content-Type": f"{self.media_type}; charset=utf-8",
            "Cache-Control": "no-cache",
            "ETag": f'"{self.tag}"',
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        if self.media_type == "text/html":
            fields["Content-Security-Policy"] = PAGE_POLICY
        return fields


def answer_with(file: File, request: web.Request) -> web.Response:
    """The file, or 304 if the client has it."""
    if file.tag in {tag.value for tag in request.if_none_match or ()}:
        return web.Response(status=304, headers=file.fields())
    return web.Response(body=file.content, headers=file.fields())


class StaticEndpoints:
    """Serves what the folder held when the first origin of this process was made.

    Args:
        page_faults: Lets a page choose faults of its client by `?fault=NAME`: the parts that a
            stream is made of are then chosen by query, and the folder of faults is there.
    """

    def __init__(self, *, page_faults: bool) -> None:
        self._files = _with_faults() if page_faults else _good()

    def routes(self) -> list[web.RouteDef]:
        """The endpoints."""
        return [web.get("/static/{path:.+}", self.file)]

    async def file(self, request: web.Request) -> web.Response:
        """``GET /static/{path}``."""
        file = self._files.get(PurePosixPath(request.match_info["path"]))
        if file is None:
            raise Problem(404, "unknown-file", "there is no such file")
        return answer_with(file, request)


def good_file(path: PurePosixPath) -> File:
    """A file of a good origin, by its path in the folder."""
    return _good()[path]


@cache
def _with_faults() -> Mapping[PurePosixPath, File]:
    files = {
        PurePosixPath(path.relative_to(FOLDER).as_posix()): File(
            path.read_bytes(), _MEDIA_TYPES[path.suffix]
        )
        for path in sorted(FOLDER.rglob("*"))
        if path.suffix in _MEDIA_TYPES
    }
    by_query = files.pop(_BY_QUERY)
    return {**files, _ASSEMBLY: by_query}


@cache
def _good() -> Mapping[PurePosixPath, File]:
    assembly = File((FOLDER / _ASSEMBLY).read_bytes(), _MEDIA_TYPES[_ASSEMBLY.suffix])
    files = {path: file for path, file in _with_faults().items() if _FAULTS not in path.parents}
    return {**files, _ASSEMBLY: assembly}
