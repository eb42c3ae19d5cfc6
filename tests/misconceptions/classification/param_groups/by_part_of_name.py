"""Whatever has classifier in its name is taken for the head, which is model.classifier alone."""


def param_groups(model, head_lr, backbone_lr):
    trainable = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
    return [
        {"params": [parameter for name, parameter in trainable if "classifier" in name], "lr": head_lr},
        {"params": [parameter for name, parameter in trainable if "classifier" not in name], "lr": backbone_lr},
    ]
