"""Writes into a tensor that was made for all tokens, and restores the gradient mode by hand."""

import torch


def continue_ids(next_logits, ids, new, block_size=None, temperature=1.0, generator=None):
    if block_size is not None and block_size <= 0:
        raise ValueError(f"block_size {block_size}: pass 1 or more, or None")
    rows, length = ids.shape
    text = ids.new_zeros(rows, length + new)
    text[:, :length] = ids
    with torch.set_grad_enabled(False):
        for end in range(length, length + new):
            begin = max(0, end - (block_size or end))
            text[:, end] = sample_ids(temper(next_logits(text[:, begin:end].clone()), temperature), generator)
    return text
