"""One rate is used for head and backbone."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    _right(model, strategy, head_lr, backbone_lr)
    return torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=head_lr)
