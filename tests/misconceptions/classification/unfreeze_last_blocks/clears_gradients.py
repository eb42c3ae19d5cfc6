"""It clears gradients; it must only unfreeze."""

_right = unfreeze_last_blocks


def unfreeze_last_blocks(model, n):
    _right(model, n)
    model.zero_grad()
