"""Whether an event stream comes in time: alone, and beside the same stream asked otherwise.

Nobody outside knows when an event was sent. Three things tell all the same: one way of asking that
brings it later than another, an event's own timestamp, and pieces that come in lumps.
"""

from statistics import median

from proxyproof.doctor.findings import Diagnosis, Level, Part, some
from proxyproof.doctor.watching import COMPRESSED, Watched

LATE = 1.0  # seconds that one way may be behind another, and that a lump may hold
CERTAIN = 3.0  # seconds without anything, while another way has brought something
REPEATED = 3  # times that something must be seen to be certain
LUMP = 3  # items in one piece
MOST_SILENCE = 15.0  # seconds without a byte that are worth a word


def judge_timing(diagnosis: Diagnosis, seen: list[Watched]) -> None:
    """Judge the ways of asking, the best one as the measure of the others."""
    answered = [one for one in seen if one.is_stream or one.answer is None]
    soonest = min(_first_byte(one) for one in answered)
    best = next(one for one in answered if _first_byte(one) <= soonest + LATE)
    late = [one for one in answered if one is not best and _judge_behind(diagnosis, one, best)]
    for one in answered:
        if one not in late:
            _judge_lumps(diagnosis, one)
    _tell(diagnosis, best)


def _first_byte(seen: Watched) -> float:
    return seen.arrivals[0].at if seen.arrivals else float("inf")


def _judge_behind(diagnosis: Diagnosis, one: Watched, best: Watched) -> bool:
    """Whether it was behind the best way."""
    lag, certain = _lag(one, best)
    if lag <= LATE:
        return False
    came = f"{lag:.1f} s behind" if one.arrivals else f"nothing in {one.until:.1f} s, unlike"
    says = f"{one.variant.name}: {came} {best.variant.name}"
    symptom = "compressed" if one.variant is COMPRESSED and _is_coded(one) else "buffered"
    diagnosis.add(Part.SSE, "delivery", Level.BAD if certain else Level.LOOK, says, symptom)
    return True


def _lag(one: Watched, best: Watched) -> tuple[float, bool]:
    """Seconds behind, and whether that is certain: one late piece may be the network's."""
    if not best.arrivals:
        return 0.0, False
    if not one.arrivals:
        waited = (one.ended or one.until) - best.arrivals[0].at
        return waited, waited > CERTAIN
    mine = one.moments
    lags = [mine[name] - at for name, at in best.moments.items() if name in mine]
    if lags:
        return median(lags), len(lags) >= REPEATED
    return one.arrivals[0].at - best.arrivals[0].at, False


def _is_coded(seen: Watched) -> bool:
    return seen.answer is not None and bool(seen.answer.get("Content-Encoding"))


def _judge_lumps(diagnosis: Diagnosis, seen: Watched) -> None:
    """Events that say themselves that they waited; then pieces that only look so."""
    live = [one for one in seen.arrivals if one.at - (seen.head or 0.0) > LATE]
    spans = [max(one.stamps) - min(one.stamps) for one in live if one.stamps]
    held = [span for span in spans if span > LATE]
    if held:
        level = Level.BAD if len(held) >= REPEATED else Level.LOOK
        pieces = "one piece" if len(held) == 1 else f"{len(held)} pieces"
        says = f"{seen.variant.name}: {pieces} held events of {max(held):.1f} s, by their own time"
        diagnosis.add(Part.SSE, "delivery", level, says, "buffered")
        return
    lumps = [one for one in live if len(one.items) >= LUMP]
    if len(lumps) >= 2 and len(lumps) * 2 > len(live):
        says = f"{seen.variant.name}: {len(lumps)} of {len(live)} pieces are lumps of events"
        diagnosis.add(Part.SSE, "delivery", Level.LOOK, says, "buffered")


def _tell(diagnosis: Diagnosis, best: Watched) -> None:
    """The figures of the best way, and how silent it was."""
    if not best.arrivals:
        waited = best.until - (best.head or 0.0)
        says = f"a head and then nothing for {waited:.1f} s: held back, or nothing to tell"
        diagnosis.add(Part.SSE, "first byte", Level.LOOK, says, "buffered")
        return
    first, head = best.arrivals[0].at, best.head or 0.0
    says = f"head after {head * 1000:.0f} ms, first byte after {first * 1000:.0f} ms"
    slow = first - head > LATE
    level, symptom = (Level.LOOK, "buffered") if slow else (Level.OK, "")
    diagnosis.add(Part.SSE, "first byte", level, says, symptom)
    events, comments = best.counts
    watched = best.ended or best.until
    told = f"{some(events, 'event')} and {some(comments, 'comment')}"
    says = f"{told} in {watched:.1f} s over {best.variant.name}"
    diagnosis.add(Part.SSE, "watched", Level.OK, says)
    if best.longest_silence > MOST_SILENCE:
        says = f"not a byte for {best.longest_silence:.1f} s"
        diagnosis.add(Part.SSE, "silence", Level.LOOK, says, "silence")
