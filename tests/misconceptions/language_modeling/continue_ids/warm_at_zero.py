"""At temperature 0 other tokens than the likeliest are written."""

_right = continue_ids


def continue_ids(next_logits, ids, new, block_size=None, temperature=1.0, generator=None):
    return _right(next_logits, ids, new, block_size, temperature or 1.0, generator)
