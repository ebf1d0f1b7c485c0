"""Whether a value of the configuration file is of the kind that its name asks for."""

from typing import Any, Literal, get_args, get_origin

LARGEST = 1e9
"""The largest number that any key may hold: seconds of some thirty years, bytes of a gigabyte."""


def check(name: str, value: object, kind: object) -> None:
    """Do nothing if the value fits; numbers are seconds, sizes and statuses, never below zero.

    Raises:
        ValueError: it does not, with what was expected.
    """
    if not _fits(value, kind):
        raise ValueError(f"{name} must be {_expected(kind)}, not {value!r}")


def _fits(value: object, kind: object) -> bool:
    if get_origin(kind) is Literal:
        return any(value == one and type(value) is type(one) for one in get_args(kind))
    if get_origin(kind) is tuple:
        return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
    accepted: Any = (int, float) if kind is float else kind
    if not isinstance(value, accepted) or isinstance(value, bool) != (kind is bool):
        return False
    return not isinstance(value, int | float) or 0 <= value <= LARGEST


def _expected(kind: object) -> str:
    if get_origin(kind) is Literal:
        return " or ".join(map(repr, get_args(kind)))
    if get_origin(kind) is tuple:
        return "a list of strings"
    name = getattr(kind, "__name__", str(kind))
    return f"{name}, from 0 to 1e9" if kind in (int, float) else name
