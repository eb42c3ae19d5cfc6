"""What an earlier call made trainable stays trainable."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    if strategy in ("frozen", "full") or not hasattr(model, "_prepared"):
        optimizer = _right(model, strategy, head_lr, backbone_lr)
        model._prepared = True
        return optimizer
    kept = [parameter for parameter in model.parameters() if parameter.requires_grad]
    _right(model, strategy, head_lr, backbone_lr)
    for parameter in kept:
        parameter.requires_grad = True
    return torch.optim.AdamW(param_groups(model, head_lr, backbone_lr))
