"""Frozen parameters are in the groups too."""

_right = param_groups


def param_groups(model, head_lr, backbone_lr):
    head = list(model.classifier.parameters())
    rest = [parameter for name, parameter in model.named_parameters() if not name.startswith("classifier.")]
    return [{"params": head, "lr": head_lr}, {"params": rest, "lr": backbone_lr}]
