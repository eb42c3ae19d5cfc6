"""Every tensor has a group of its own, and empty groups never come up."""


def param_groups(model, head_lr, backbone_lr):
    head = set(model.classifier.parameters())
    return [
        {"params": [parameter], "lr": head_lr if parameter in head else backbone_lr, "name": name}
        for name, parameter in model.named_parameters()
        if parameter.requires_grad
    ]
