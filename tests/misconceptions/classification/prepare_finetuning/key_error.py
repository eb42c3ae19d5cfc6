"""An unknown strategy must raise ValueError."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    try:
        return _right(model, strategy, head_lr, backbone_lr)
    except ValueError:
        raise KeyError(strategy) from None
