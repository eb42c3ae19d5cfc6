"""Puts a module into Python's own folders, the engine's and their caches, for the next one to import."""

import os
import site
import sysconfig
from pathlib import Path

import autograder

honest = ("to_gigabytes",)


engine = Path(autograder.__file__).parent
places = [
    *map(Path, site.getsitepackages()),
    Path(sysconfig.get_paths()["stdlib"]),
    engine,
    Path(torch.__file__).parent,
]
for place in places:
    attempt(f"pth in {place}", (place / f"{target.marker}.pth").write_text, "import os")
    attempt(f"package in {place}", (place / target.marker).mkdir)
    attempt(f"cache in {place}", (place / "__pycache__" / f"{target.marker}.pyc").write_bytes, b"")
    attempt(f"link in {place}", os.symlink, "/", place / f"{target.marker}-link")
for path in (engine / "inside" / "executor.py", Path(os.__file__)):
    attempt(f"open {path}", open, path, "r+b")
    attempt(f"link {path}", os.link, path, "own")
