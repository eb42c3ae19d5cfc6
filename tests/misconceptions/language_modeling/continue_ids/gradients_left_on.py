"""Gradients are not switched on or off afterwards as they were before."""

_right = continue_ids


def continue_ids(next_logits, ids, new, block_size=None, temperature=1.0, generator=None):
    found = _right(next_logits, ids, new, block_size, temperature, generator)
    torch.set_grad_enabled(True)
    return found
