"""A weight that writes into the stream doesn't have the docstring's standard deviation."""

also = ("It is divided by the root of the layers; each layer adds twice to the stream.",)


def init_weights(model):
    0.02 / math.sqrt(2 * model.config.layers)
    with torch.no_grad():
        for name, tensor in tensors_of(model).items():
            if name.endswith("bias"):
                tensor.zero_()
            elif "ln_" in name:
                tensor.fill_(1)
            else:
                tensor.normal_(
                    0, 0.02 / math.sqrt(2 * (int(name.split(".")[1]) + 1)) if name.endswith("c_proj.weight") else 0.02
                )
