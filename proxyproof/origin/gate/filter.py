"""The filter that a request asks for: it narrows or is refused, it never widens."""

from proxyproof.origin.application.loops import MAX_ID, is_loop_id
from proxyproof.origin.head import RequestHead
from proxyproof.origin.problem import Problem


def read_filter(head: RequestHead) -> str | None:
    """The loop id in the query of a request; None if no filter is asked for.

    Raises:
        Problem: 400, the filter is empty, malformed or given twice.
    """
    values = head.parameters("loopId")
    if not values:
        return None
    if len(values) > 1:
        raise Problem(400, "ambiguous-filter", "one loopId expected, got more")
    return check_filter(values[0])


def check_filter(loop_id: object) -> str:
    """The loop id, if it can be one.

    Raises:
        Problem: 400, it cannot.
    """
    if loop_id == "":
        raise Problem(400, "empty-filter", "loopId is empty: leave it out to get every loop")
    if not isinstance(loop_id, str) or not is_loop_id(loop_id):
        detail = f"loopId of 1 to {MAX_ID} printable characters of UTF-8 expected"
        raise Problem(400, "malformed-filter", detail)
    return loop_id
