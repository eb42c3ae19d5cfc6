"""Answers, and leaves threads and exit handlers that never end."""

import atexit
import threading
import time

honest = ("to_gigabytes",)


def spin():
    while True:
        time.sleep(0.01)


def lora_parameter_count(d_in, d_out, r):
    for _ in range(3):
        threading.Thread(target=spin).start()
    atexit.register(time.sleep, 1000)
    return 0
