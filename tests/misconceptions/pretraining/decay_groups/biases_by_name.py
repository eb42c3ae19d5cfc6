"""Gains of norms are decayed: their name is weight, but they have one dimension."""


def decay_groups(model, weight_decay):
    named = [(name, one) for name, one in model.named_parameters() if one.requires_grad]
    decayed = [one for name, one in named if not name.endswith("bias") and one.ndim > 0]
    rest = [one for name, one in named if name.endswith("bias") or one.ndim == 0]
    return [
        {"params": decayed, "weight_decay": weight_decay},
        {"params": rest, "weight_decay": 0.0},
    ]
