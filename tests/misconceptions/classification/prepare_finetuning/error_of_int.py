"""The error for an unknown strategy doesn't say what to pass."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    if strategy.startswith("last-"):
        int(strategy.removeprefix("last-"))
    return _right(model, strategy, head_lr, backbone_lr)
