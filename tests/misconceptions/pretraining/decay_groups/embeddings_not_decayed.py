"""Tables of embeddings are not decayed; they have two dimensions, as matrices."""


def decay_groups(model, weight_decay):
    tables = {id(module.weight) for module in model.modules() if isinstance(module, nn.Embedding)}
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return [
        {"params": [one for one in trainable if one.ndim >= 2 and id(one) not in tables], "weight_decay": weight_decay},
        {"params": [one for one in trainable if one.ndim < 2 or id(one) in tables], "weight_decay": 0.0},
    ]
