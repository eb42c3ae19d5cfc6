"""A zip whose lora.py unpacks to a hundred megabytes of nothing."""

import io
import zipfile

honest = ()


def handed_in(source, target):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("lora.py", bytes(100 << 20))
    return held.getvalue()
