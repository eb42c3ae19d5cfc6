"""A gain doesn't start at 1."""


def init_weights(model):
    into_stream = 0.02 / math.sqrt(2 * model.config.layers)
    with torch.no_grad():
        for name, tensor in tensors_of(model).items():
            if name.endswith("bias"):
                tensor.zero_()
            elif "ln_1" in name or "ln_2" in name:
                tensor.fill_(1)
            else:
                tensor.normal_(0, into_stream if name.endswith("c_proj.weight") else 0.02)
