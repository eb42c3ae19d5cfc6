"""A zip of two thousand files that all are the same bytes: each is small, together they are two gigabytes."""

import io
import struct
import zipfile

honest = ()


def handed_in(source, target):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/lora.py", bytes(1 << 20))
    raw = held.getvalue()
    start, end = raw.index(b"PK\1\2"), raw.index(b"PK\5\6")
    entry = raw[start:end]
    last = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 2000, 2000, 2000 * len(entry), start, 0)
    return raw[:start] + entry * 2000 + last
