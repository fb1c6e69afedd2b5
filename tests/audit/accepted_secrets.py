"""What looks like a secret in this repository and is none, each with the reason. A filter of detect-secrets.

Imported by its path, in the environment of detect-secrets, which has nothing of this project: the standard library alone.
"""

import re

ACCEPTED = {
    r"AE(AXIPEU2D|ARSGHCKS|AVN27YMW)[A-Z2-7]{59}": "tickets and manage codes of examples, signed by keys that no deployment has",
    r"AQFrBB3cMjAy\S{60,80}": "page tokens of examples, signed by keys that no deployment has",
    r"wJalr\S{25}EXAMPLEKEY": "the secret key of AWS's own documentation",
    r"test(ing)?": "what an emulator of AWS takes for a secret key",
    r"local-Demo-1234": "the password of the demo users of a local stack, on loopback alone",
    r"a1b2c3d4e5": "the id of the gateway in sample calls",
    r"[A-Z]{26}([a-z]{26}[0-9]{10}-_|234567)|[a-z]{26}234567": "alphabets",
    r"SECRETS|KmsKeyId|unit/test_store_secrets\.py|Basic ": "names that stand behind a word like secret",
}
"""Patterns of whole values, and why what they match is no secret."""


def is_accepted(secret: str) -> bool:
    """Tell detect-secrets not to report a value."""
    return any(re.fullmatch(pattern, secret) for pattern in ACCEPTED)
