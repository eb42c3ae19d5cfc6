"""It normalizes the text; what was encoded must come back."""

_right = decode_ids


def decode_ids(ids, vocab):
    import unicodedata

    return unicodedata.normalize("NFC", _right(ids, vocab))
