"""The numbers are not normally distributed."""


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
                tensor.normal_().sign_().mul_(std * (1 + 0.05 * torch.randn_like(tensor)))
