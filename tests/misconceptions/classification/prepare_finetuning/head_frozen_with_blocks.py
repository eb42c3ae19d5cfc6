"""The head is frozen too, though it is new and must learn."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    _right(model, strategy, head_lr, backbone_lr)
    if strategy.startswith("last") and not strategy.endswith("-0"):
        freeze(model.classifier)
    return torch.optim.AdamW(param_groups(model, head_lr, backbone_lr))
