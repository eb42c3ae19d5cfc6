"""A parameter that is in neither the head nor the backbone is in no group."""


def param_groups(model, head_lr, backbone_lr):
    parts = ((model.classifier, head_lr), (model.backbone, backbone_lr))
    return [{"params": [p for p in part.parameters() if p.requires_grad], "lr": rate} for part, rate in parts]
