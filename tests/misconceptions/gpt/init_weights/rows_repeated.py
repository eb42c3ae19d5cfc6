"""The same numbers stand in several places; each is drawn by itself."""

also = (
    "A table doesn't have the docstring's standard deviation.",
    "The mean of a table is not 0.",
)


def init_weights(model):
    into_stream = 0.02 / math.sqrt(2 * model.config.layers)
    with torch.no_grad():
        for name, tensor in tensors_of(model).items():
            if name.endswith("bias"):
                tensor.zero_()
            elif "ln_" in name:
                tensor.fill_(1)
            else:
                std = into_stream if name.endswith("c_proj.weight") else 0.02
                half = torch.randn(len(tensor) // 2 + 1, tensor.shape[1]) * std
                tensor.copy_(torch.cat([half, half])[: len(tensor)])
