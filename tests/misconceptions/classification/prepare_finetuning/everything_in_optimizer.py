"""The optimizer holds parameters that are frozen."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    _right(model, strategy, head_lr, backbone_lr)
    head = list(model.classifier.parameters())
    return torch.optim.AdamW(
        [{"params": head, "lr": head_lr}, {"params": list(model.backbone.parameters()), "lr": backbone_lr}]
    )
