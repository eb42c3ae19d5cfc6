"""Leaves a daemon behind, cut off from its parent, to answer for or watch the next submission."""

import os
import signal
import time

honest = ("to_gigabytes",)


def daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.alarm(5)
            time.sleep(5)
        os._exit(0)


attempt("a daemon", daemon)
