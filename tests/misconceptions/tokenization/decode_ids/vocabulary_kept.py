"""What an earlier call left behind is still used."""

KEPT = {}
_right = decode_ids


def decode_ids(ids, vocab):
    for number, token in vocab.items():
        KEPT.setdefault(number, token)
    return _right(ids, {number: KEPT[number] for number in vocab})
