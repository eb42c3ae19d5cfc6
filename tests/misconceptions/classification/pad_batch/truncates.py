"""Texts are cut to the shortest instead of filled up to the longest."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    shortest = min(map(len, sequences), default=0)
    return _right([sequence[:shortest] for sequence in sequences], pad_id, side)
