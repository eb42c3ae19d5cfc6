"""A special token in a user's text becomes its id, although it isn't allowed."""

also = ("A special token that the vocabulary lacks is an error although none is allowed.",)


_right = encode_text


def encode_text(text, vocab, merges, special_tokens=(), allow_special=True):
    return _right(text, vocab, merges, special_tokens, allow_special)
