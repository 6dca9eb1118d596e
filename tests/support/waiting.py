"""Waiting for a condition, with a deadline."""
import time


def wait_for(condition, what, seconds=10.0):
    """Returns the first true value of condition(); AssertionError names WHAT after the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)
