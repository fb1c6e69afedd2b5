"""What may go wrong without being a defect of this package."""


class Failure(Exception):  # noqa: N818 - the end of a command, not an error in it
    """The command cannot go on; the message says why and what to do, and is all that is printed."""
