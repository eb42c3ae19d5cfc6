"""Apart from the rates, the optimizer must have torch's own defaults."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    _right(model, strategy, head_lr, backbone_lr)
    return torch.optim.AdamW(param_groups(model, head_lr, backbone_lr), weight_decay=0.0)
