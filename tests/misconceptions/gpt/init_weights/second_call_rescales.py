"""It is divided by 2 · layers, not by its root."""

also = ("With torch's generator seeded alike the numbers differ: they come from somewhere else.",)

_right = init_weights


def init_weights(model):
    if not hasattr(model, "started"):
        model.started = True
        return _right(model)
    with torch.no_grad():
        for name, tensor in tensors_of(model).items():
            if tensor.ndim == 2:
                if name.endswith("c_proj.weight"):
                    tensor.mul_(1 / math.sqrt(2 * model.config.layers))
                else:
                    tensor.normal_(0, 0.02)
