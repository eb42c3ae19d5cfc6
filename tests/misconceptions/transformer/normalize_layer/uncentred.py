"""The mean is not taken away from x before it is divided."""


def normalize_layer(x, gain, bias, eps=1e-05):
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = centred.square().mean(dim=-1, keepdim=True)
    return x / torch.sqrt(variance + eps) * gain + bias
