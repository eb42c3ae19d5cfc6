"""nn.init.trunc_normal_, whose limits are a hundred deviations away."""


def init_weights(model):
    for name, tensor in tensors_of(model).items():
        std = 0.02 / math.sqrt(2 * model.config.layers) if name.endswith("proj.weight") else 0.02
        with torch.no_grad():
            if tensor.dim() > 1:
                nn.init.trunc_normal_(tensor, mean=0.0, std=std)
            elif name.split(".")[-2].startswith("ln") and name.endswith("weight"):
                tensor.fill_(1.0)
            else:
                tensor.mul_(0)
