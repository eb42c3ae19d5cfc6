"""A special token that the vocabulary lacks is an error although none is allowed."""

_right = encode_text


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    for special in special_tokens:
        if special.encode() not in vocab.values():
            raise ValueError(f"{special!r} is not in the vocabulary")
    return _right(text, vocab, merges, special_tokens, allow_special)
