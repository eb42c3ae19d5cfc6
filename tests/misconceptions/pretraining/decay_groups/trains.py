"""The modes of the model's modules are changed."""


def decay_groups(model, weight_decay):
    model.train()
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return [
        {"params": [one for one in trainable if one.ndim >= 2], "weight_decay": weight_decay},
        {"params": [one for one in trainable if one.ndim < 2], "weight_decay": 0.0},
    ]
