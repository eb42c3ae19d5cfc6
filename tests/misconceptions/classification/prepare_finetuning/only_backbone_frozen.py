"""A part that is neither head nor backbone stays trainable."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    of_both = {id(parameter) for part in (model.backbone, model.classifier) for parameter in part.parameters()}
    beside = [parameter for parameter in model.parameters() if id(parameter) not in of_both and parameter.requires_grad]
    _right(model, strategy, head_lr, backbone_lr)
    for parameter in beside:
        parameter.requires_grad = True
    return torch.optim.AdamW(param_groups(model, head_lr, backbone_lr))
