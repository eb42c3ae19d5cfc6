"""Parameters that no layer of PyTorch holds are left out."""


def decay_groups(model, weight_decay):
    kinds = (nn.Linear, nn.LayerNorm, nn.Embedding, nn.Conv1d)
    held = {id(one) for module in model.modules() if isinstance(module, kinds) for one in module.parameters()}
    trainable = [one for one in model.parameters() if one.requires_grad and id(one) in held]
    return [
        {"params": [one for one in trainable if one.ndim >= 2], "weight_decay": weight_decay},
        {"params": [one for one in trainable if one.ndim < 2], "weight_decay": 0.0},
    ]
