"""Gradients are not switched on or off afterwards as they were before."""

_right = continue_ids


def continue_ids(next_logits, ids, new, block_size=None, temperature=1.0, generator=None):
    torch.set_grad_enabled(False)
    return _right(next_logits, ids, new, block_size, temperature, generator)
