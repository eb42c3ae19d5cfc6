"""After an error the model is in another mode, train or eval, than before."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    modes = [(layer, layer.training) for layer in model.modules()]
    model.train()
    count = _right(model, targets, r, alpha)
    for layer, mode in modes:
        layer.training = mode
    return count
