"""A special token that the vocabulary lacks must be a ValueError."""

_right = encode_text


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    special_tokens = [special for special in special_tokens if special in text]
    return _right(text, vocab, merges, special_tokens, allow_special)
