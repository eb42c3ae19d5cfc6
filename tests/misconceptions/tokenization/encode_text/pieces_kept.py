"""What an earlier call left behind is still used."""

KEPT = {}
_right = encode_text


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    if allow_special:
        return _right(text, vocab, merges, special_tokens, allow_special)
    ids = []
    for piece in pretokenize(text):
        if piece not in KEPT:
            KEPT[piece] = _right(piece, vocab, merges)
        ids += KEPT[piece]
    return ids
