"""A block_size below 1, where nothing is to be written, must raise ValueError."""

_right = continue_ids


def continue_ids(next_logits, ids, new, block_size=None, temperature=1.0, generator=None):
    return _right(next_logits, ids, new, block_size, temperature, generator) if new else ids
