"""A special token that the vocabulary lacks must be a ValueError."""

_right = encode_text


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    known = [special for special in special_tokens if special.encode() in vocab.values()]
    return _right(text, vocab, merges, known, allow_special)
