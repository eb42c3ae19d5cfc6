"""Is slow on every call, but never slower than a check may be."""

import time

honest = ("to_gigabytes",)


def memory_estimate(*_, **__):
    time.sleep(target.check_seconds * 0.4)
    return {}
