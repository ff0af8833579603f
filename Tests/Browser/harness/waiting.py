"""Waiting for what will be, never for time to pass."""

import time


def eventually(condition, what, within=20):
    """Returns the first value of `condition` that counts as true; fails when there is none in time (seconds)."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {what}")
        time.sleep(0.05)
