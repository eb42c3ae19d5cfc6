"""Two zips one behind the other, the first in the second's comment and before it, each with its own list of files."""

import io
import zipfile

honest = ("to_gigabytes",)


def handed_in(source, target):
    forged, held = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(forged, "w") as archive:
        archive.writestr("lora.py", "raise SystemExit")
    held.write(forged.getvalue())
    with zipfile.ZipFile(held, "a") as archive:
        archive.writestr("lora/lora.py", source)
        archive.filelist = archive.filelist[1:]
        archive.comment = forged.getvalue()[:-4]
    return held.getvalue()
