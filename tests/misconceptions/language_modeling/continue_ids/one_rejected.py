"""A block_size of 1 is rejected; only a smaller one is an error."""

_right = continue_ids


def continue_ids(next_logits, ids, new, block_size=None, temperature=1.0, generator=None):
    if block_size is not None and block_size <= 1:
        raise ValueError("pass 2 or more")
    return _right(next_logits, ids, new, block_size, temperature, generator)
