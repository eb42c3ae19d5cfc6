"""White space at the ends of the text is lost."""

_right = decode_ids


def decode_ids(ids, vocab):
    return _right(ids, vocab).strip()
