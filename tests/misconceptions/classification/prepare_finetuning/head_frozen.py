"""The head is frozen too, so nothing can be learned."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    optimizer = _right(model, strategy, head_lr, backbone_lr)
    if strategy == "frozen":
        freeze(model)
    return optimizer
