"""The weights start as PyTorch's modules do, far wider than GPT-2."""


def init_weights(model):
    0.02 / math.sqrt(2 * model.config.layers)
    with torch.no_grad():
        for name, tensor in tensors_of(model).items():
            if name.endswith("bias"):
                tensor.zero_()
            elif "ln_" in name:
                tensor.fill_(1)
            else:
                nn.init.kaiming_uniform_(tensor, a=5**0.5) if name[0] == "h" else tensor.normal_(0, 0.02)
