"""Entry of ``python -m local``: any Python may call it, so this file keeps to syntax that old ones can read."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - told to Pythons that this package does not run on
    version = "{}.{}".format(*sys.version_info[:2])
    sys.exit(
        "Error: Python 3.11 or newer is needed; this is " + version + " (" + sys.executable + ").\n"
        "       Name another one: make run PYTHON=python3.13"
    )

from local import environment

environment.enter(sys.argv[1:])

from local import cli  # noqa: E402 - found in the environment only

sys.exit(cli.main(sys.argv[1:]))
