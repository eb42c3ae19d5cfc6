"""A block_size below 1 raises ValueError without a message; say why."""

_right = continue_ids


def continue_ids(next_logits, ids, new, block_size=None, temperature=1.0, generator=None):
    if block_size is not None and block_size < 1:
        raise ValueError
    return _right(next_logits, ids, new, block_size, temperature, generator)
