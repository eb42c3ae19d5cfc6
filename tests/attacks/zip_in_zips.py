"""Ten zips, each in the next, with lora.py in the innermost, as one that unpacks to itself would look."""

import io
import zipfile

honest = ()


def handed_in(source, target):
    name, raw = "lora.py", source.encode()
    for _ in range(10):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr(name, raw)
        name, raw = "lora.zip", held.getvalue()
    return raw
