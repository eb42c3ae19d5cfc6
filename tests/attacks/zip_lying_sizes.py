"""A zip whose records claim a small lora.py, of which there comes twenty megabytes."""

import io
import struct
import zipfile

honest = ()


def handed_in(source, target):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("lora.py", b"#" * (20 << 20))
    raw = bytearray(held.getvalue())
    for signature, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        struct.pack_into("<I", raw, raw.rindex(signature) + offset, 100)
    return bytes(raw)
