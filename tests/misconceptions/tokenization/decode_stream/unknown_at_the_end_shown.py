"""An id that the vocabulary lacks must be a ValueError."""

_right = decode_stream


def decode_stream(ids, vocab):
    vocab = {**vocab, **{number: b"" for number in ids[-1:] if number not in vocab}}
    return _right(ids, vocab)
