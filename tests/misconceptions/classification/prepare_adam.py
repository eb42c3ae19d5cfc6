"""The optimizer must be a torch.optim.AdamW."""

exercise = "prepare_finetuning"
_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    _right(model, strategy, head_lr, backbone_lr)
    return torch.optim.Adam(param_groups(model, head_lr, backbone_lr))
