"""Names tell the head; a group without parameters is left out; the backbone comes first."""


def param_groups(model, head_lr, backbone_lr):
    head, backbone = [], []
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            (head if name.startswith("classifier.") else backbone).append(parameter)
    groups = []
    if backbone:
        groups.append(dict(params=backbone, lr=backbone_lr))
    if head:
        groups.append(dict(params=head, lr=head_lr))
    return groups
