"""The head is in two groups."""

also = ("torch's optimizer rejects the groups: a parameter is in them more than once.",)  # the head is

_right = param_groups


def param_groups(model, head_lr, backbone_lr):
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return [
        {"params": [p for p in model.classifier.parameters() if p.requires_grad], "lr": head_lr},
        {"params": trainable, "lr": backbone_lr},
    ]
