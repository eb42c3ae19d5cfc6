"""It clears gradients; it must set what is trainable, and make the optimizer."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    optimizer = _right(model, strategy, head_lr, backbone_lr)
    optimizer.zero_grad()
    return optimizer
