"""What an earlier call left behind is still used."""

KEPT = {}
_right = decode_ids


def decode_ids(ids, vocab):
    if not KEPT:
        KEPT.update(vocab)
    return _right(ids, {**vocab, **KEPT})
