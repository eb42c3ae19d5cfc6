"""prepare_finetuning raises for a strategy that it must know."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    if strategy == "last-0":
        raise ValueError("pass at least 'last-1', or 'frozen'")
    return _right(model, strategy, head_lr, backbone_lr)
