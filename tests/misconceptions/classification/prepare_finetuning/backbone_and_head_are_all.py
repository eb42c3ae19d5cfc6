"""A part that is neither head nor backbone stays frozen; full means everything."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    if strategy != "full":
        return _right(model, strategy, head_lr, backbone_lr)
    freeze(model)
    model.backbone.requires_grad_(True)
    model.classifier.requires_grad_(True)
    return torch.optim.AdamW(param_groups(model, head_lr, backbone_lr))
