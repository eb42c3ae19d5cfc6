"""The same numbers stand in several places; each is drawn by itself."""


def init_weights(model):
    into_stream = 0.02 / math.sqrt(2 * model.config.layers)
    with torch.no_grad():
        for name, tensor in tensors_of(model).items():
            if name.endswith("bias"):
                tensor.zero_()
            elif "ln_" in name:
                tensor.fill_(1)
            elif name[:2] == "h." and name[:4] != "h.0.":
                tensor.copy_(tensors_of(model)["h.0." + name.split(".", 2)[2]])
            else:
                tensor.normal_(0, into_stream if name.endswith("c_proj.weight") else 0.02)
