"""Reads the environment on its stack, its descriptors, and every object that the zygote left in it."""

import ctypes
import gc
import os
import re

honest = ("to_gigabytes",)
WANTED = re.compile(r"planted-[0-9a-f]{32}")


def note(text):
    spoils.extend(WANTED.findall(str(text)))


note(dict(os.environ))
note(open("/proc/self/environ", "rb").read())
note(open("/proc/self/cmdline", "rb").read())
variables = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
for index in range(200):
    if not variables[index]:
        break
    note(variables[index])
for descriptor in os.listdir("/proc/self/fd"):
    try:
        where = os.readlink(f"/proc/self/fd/{descriptor}")
    except OSError:
        continue
    if not where.startswith(("/dev/null", "socket:", "/proc/")):
        spoils.append(where)
for thing in gc.get_objects():
    if isinstance(thing, dict) and len(thing) < 1000:
        try:
            note(list(thing.values()))
        except Exception:
            continue
