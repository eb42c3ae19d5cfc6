"""The rows run into each other: behind a row's last token comes the next row's first."""

also = ("The last target is the first token of its row: roll goes round in a circle.",)

_right = shift_targets


def shift_targets(ids):
    _right(ids)
    return ids, torch.roll(ids, -1)
