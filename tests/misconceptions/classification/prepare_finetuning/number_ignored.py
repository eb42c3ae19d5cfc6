"""The number of blocks in the strategy is not used."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    optimizer = _right(model, strategy, head_lr, backbone_lr)
    return _right(model, "last-1", head_lr, backbone_lr) if strategy.startswith("last") else optimizer
