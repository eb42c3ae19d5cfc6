"""A Python file in whatever encoding it came, as UTF-8: what runs it and what compares it read that."""

from __future__ import annotations

import codecs
import io
import tokenize

# These stand for themselves in a coding cookie, but read text in a way that takes minutes, or is no text's.
_NO_ENCODINGS = ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined")


def as_utf8(raw: bytes) -> tuple[bytes, str]:
    """A Python file (or a notebook) in UTF-8, and the encoding that it came in where that is another one.

    That is what its cookie says, or UTF-16 where it begins with that mark. One that Python itself can't read stays as
    it is, and says so when it is loaded.
    """
    try:
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return raw.decode("utf-16").encode(), "utf-16"
        name, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        if name in ("utf-8", "utf-8-sig") or codecs.lookup(name).name.replace("-", "_") in _NO_ENCODINGS:
            return raw, ""
        return raw.decode(name).encode(), name
    except (SyntaxError, LookupError, UnicodeError, ValueError):
        return raw, ""
