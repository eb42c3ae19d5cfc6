"""Only weights of nn.Linear are decayed; all of two dimensions or more are."""


def decay_groups(model, weight_decay):
    weights = {id(module.weight) for module in model.modules() if isinstance(module, nn.Linear)}
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return [
        {"params": [one for one in trainable if id(one) in weights], "weight_decay": weight_decay},
        {"params": [one for one in trainable if id(one) not in weights], "weight_decay": 0.0},
    ]
