"""What something is assembled from: parts of which a fault exchanges one before it is built."""


class Assembly:
    """Parts by their names; the good ones are the defaults of the class."""

    def exchange(self, **parts: object) -> None:
        """Exchange parts by their names.

        Raises:
            ValueError: another fault has exchanged the same one.
        """
        for name, part in parts.items():
            if getattr(self, name) is not getattr(type(self), name):
                raise ValueError(f"two faults exchange the {name}: enable one of them")
            setattr(self, name, part)
