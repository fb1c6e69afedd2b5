"""Entry of ``python -m local``: any Python may call it, so this file keeps to syntax that old ones can read."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Error: Python 3.11 or newer is needed; this is {}.{} ({}).\n"
        "       Name another one: make run PYTHON=python3.13".format(
            sys.version_info[0], sys.version_info[1], sys.executable
        )
    )

from local import environment  # noqa: E402

environment.enter(sys.argv[1:])

from local import cli  # noqa: E402

sys.exit(cli.main(sys.argv[1:]))
