"""pip's words, made short."""

_NO_CONNECTION = ("connection broken", "NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "ProxyError")


def explain(output: str) -> str:
    """The lines of pip's output that say what went wrong, indented for a message."""
    lines = [line for line in output.splitlines() if not line.startswith(("WARNING", "make: "))]
    errors = [line for line in lines if line.startswith("ERROR")] or lines[-5:]
    if any(sign in output for sign in _NO_CONNECTION):
        errors = ["The package index does not answer: is there a network connection?", *errors]
    return "\n".join(f"       {line}" for line in errors[:5])
