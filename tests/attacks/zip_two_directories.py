"""Two zips in one file, each with its own list of files: some readers take the first, others the last."""

import io
import zipfile

honest = ("to_gigabytes",)


def handed_in(source, target):
    parts = []
    for content in ("raise SystemExit", source):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr("lora.py", content)
        parts.append(held.getvalue())
    return b"".join(parts)
