"""Everything is trainable, not the last blocks only."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    optimizer = _right(model, strategy, head_lr, backbone_lr)
    return _right(model, "full", head_lr, backbone_lr) if strategy.startswith("last") else optimizer
