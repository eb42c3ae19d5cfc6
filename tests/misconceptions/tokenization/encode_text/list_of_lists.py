"""It gives a list of ids for each piece; one list is asked for."""

_right = encode_text


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    if allow_special:
        return _right(text, vocab, merges, special_tokens, allow_special)
    return [_right(piece, vocab, merges) for piece in pretokenize(text)]
