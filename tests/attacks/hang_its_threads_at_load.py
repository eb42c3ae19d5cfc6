"""Loads at once, and leaves threads that hold Python's lock for as long as it may be held."""

import sys
import threading

honest = ()
hurts_itself = True
sys.setswitchinterval(1000)


def hold():
    while True:
        sum(range(10**8))


for _ in range(8):
    threading.Thread(target=hold, daemon=True).start()
