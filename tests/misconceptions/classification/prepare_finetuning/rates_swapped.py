"""The two rates are swapped."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    return _right(model, strategy, backbone_lr, head_lr)
