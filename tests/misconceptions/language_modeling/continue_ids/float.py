"""The tensor of prompts and what was written has dtype float32, not int64."""

_right = continue_ids


def continue_ids(next_logits, ids, new, block_size=None, temperature=1.0, generator=None):
    return _right(next_logits, ids, new, block_size, temperature, generator).float()
