"""A zip with files above and beside it: by `..`, by absolute paths, by a drive, by backslashes."""

import io
import zipfile

honest = ()


def handed_in(source, target):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in ("lora.py", "../lora.py", "//lora.py", "C:lora.py", "..\\lora.py", f"{target.results}/ann.json"):
            archive.writestr(name, source)
    return held.getvalue()
