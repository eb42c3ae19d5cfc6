"""Biases and gains of norms are decayed, too."""


def decay_groups(model, weight_decay):
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return [
        {"params": trainable, "weight_decay": weight_decay},
        {"params": [], "weight_decay": 0.0},
    ]
