"""Reads planted files, hidden checks and solutions in every ordinary way."""

import glob
import io
import mmap
import os
import runpy
from pathlib import Path

honest = ("to_gigabytes",)


def mapped(path):
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content[:]


def listed(folder):
    if not os.listdir(folder):
        raise OSError("nothing")


for path in target.secrets + target.sources:
    ways = [Path.read_bytes, mapped, io.FileIO, runpy.run_path, os.O_PATH and (lambda p: os.open(p, os.O_RDONLY))]
    for way in ways:
        attempt(f"{way.__name__} {path}", way, Path(path))
for folder in target.folders:
    attempt(f"list {folder}", listed, folder)
    spoils.extend(glob.glob(f"{folder}/*"))
    spoils.extend(f"{folder}: {name}" for _, _, names in os.walk(folder) for name in names[:3])
