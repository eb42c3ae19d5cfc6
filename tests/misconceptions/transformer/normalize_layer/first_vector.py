"""All vectors get mean and variance of the first one."""


def normalize_layer(x, gain, bias, eps=1e-05):
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = centred.square().mean(dim=-1, keepdim=True)
    return (x - x.mean(dim=-1).flatten()[0]) / torch.sqrt(variance.flatten()[0] + eps) * gain + bias
    return centred / torch.sqrt(variance + eps) * gain + bias
