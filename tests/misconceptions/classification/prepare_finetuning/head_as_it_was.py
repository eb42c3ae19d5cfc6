"""A head that was frozen before stays frozen; it is always trained."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    flags = [parameter.requires_grad for parameter in model.classifier.parameters()]
    _right(model, strategy, head_lr, backbone_lr)
    for parameter, flag in zip(model.classifier.parameters(), flags, strict=True):
        parameter.requires_grad_(flag)
    return torch.optim.AdamW(param_groups(model, head_lr, backbone_lr))
