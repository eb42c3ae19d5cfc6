"""The values are right and their gradient is not: something on the way is detached or left out of the graph."""


def normalize_layer(x, gain, bias, eps=1e-05):
    centred = x - x.detach().mean(dim=-1, keepdim=True)
    variance = centred.square().mean(dim=-1, keepdim=True)
    return centred / torch.sqrt(variance + eps) * gain + bias
