"""Nothing is frozen."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    return _right(model, "full" if strategy == "frozen" else strategy, head_lr, backbone_lr)
