"""The inputs keep their last token, behind which there is no target."""

_right = shift_targets


def shift_targets(ids):
    return ids, _right(ids)[1]
