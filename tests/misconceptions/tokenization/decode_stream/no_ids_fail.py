"""No ids at all are an error; there is no text then."""

_right = decode_stream


def decode_stream(ids, vocab):
    if not ids:
        raise ValueError("there are no ids")
    return _right(ids, vocab)
