"""The HTTP side of a function: requests, answers, problems. The only package that knows status codes."""
