"""Frozen parameters are in the groups too."""

_right = param_groups


def param_groups(model, head_lr, backbone_lr):
    return [
        {"params": list(model.classifier.parameters()), "lr": head_lr},
        {"params": list(model.backbone.parameters()), "lr": backbone_lr},
    ]
