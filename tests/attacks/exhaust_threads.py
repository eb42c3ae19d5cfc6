"""Starts hundreds of threads."""

import threading
import time

honest = ("to_gigabytes",)


def lora_parameter_count(d_in, d_out, r):
    for _ in range(300):
        threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
        time.sleep(0.001)
    spoils.append("300 threads")
    raise TypeError
