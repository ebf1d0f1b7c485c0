"""How far the stream has come: the id after which the next connection resumes."""


class Position:
    """The id of the last event that was received whole, shared by both transports."""

    def __init__(self, initial: str | None) -> None:
        self._value = initial

    @property
    def resume_from(self) -> str | None:
        """What the next connection asks to resume after; None or "": nothing, from now on."""
        return self._value

    def received(self, event_id: str | None) -> None:
        """Take the position that came with an event; None leaves it, "" clears it."""
        if event_id is not None:
            self._value = event_id

    def switched(self) -> None:
        """Take note that the transport changes. Ids are the same on both: nothing to do."""
