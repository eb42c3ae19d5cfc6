"""Looks for the scratch folders of other submissions and for what they left."""

import os
from pathlib import Path

honest = ("to_gigabytes",)


own = Path.cwd()
if leftovers := os.listdir(own):
    spoils.append(f"my folder holds {leftovers}")
attempt("list the folder above", os.listdir, own.parent)
attempt("list two above", os.listdir, own.parent.parent)
attempt("make a sibling", (own.parent / target.marker).mkdir)
attempt("write beside", (own.parent / f"{target.marker}.txt").write_text, "1")
attempt("move my folder", own.rename, own.parent / f"{target.marker}-moved")
attempt("open my folder to all", own.chmod, 0o777)
