"""Some trainable parameters are in no optimizer: it was made before they were unfrozen."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    _right(model, "frozen", head_lr, backbone_lr)
    optimizer = torch.optim.AdamW(param_groups(model, head_lr, backbone_lr))
    _right(model, strategy, head_lr, backbone_lr)
    return optimizer
