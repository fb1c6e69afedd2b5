"""The whole stack on this machine: the real template on MiniStack, behind a front door on 127.0.0.1.

Run it as ``python -m local run``; ``python -m local --help`` lists the rest. Nothing here is deployed to AWS.
"""
