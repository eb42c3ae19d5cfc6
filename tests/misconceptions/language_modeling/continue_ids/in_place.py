"""continue_ids changes its input in place."""

_right = continue_ids


def continue_ids(next_logits, ids, new, block_size=None, temperature=1.0, generator=None):
    found = _right(next_logits, ids, new, block_size, temperature, generator)
    ids += 1
    return found
