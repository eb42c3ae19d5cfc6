"""No ids at all are an error; their text is empty."""

_right = decode_ids


def decode_ids(ids, vocab):
    if not ids:
        raise ValueError("there are no ids")
    return _right(ids, vocab)
