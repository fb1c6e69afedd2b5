"""What operators and organisers run against a deployed API, or against the one of `make run`."""
