"""The error for a strategy that can't be carried out doesn't say what to pass."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    number = strategy.removeprefix("last-")
    if number.isdecimal() and int(number) > len(model.backbone.h):
        raise ValueError
    return _right(model, strategy, head_lr, backbone_lr)
