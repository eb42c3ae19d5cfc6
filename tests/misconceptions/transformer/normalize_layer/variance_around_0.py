"""The variance is taken around 0; it is taken around the mean."""


def normalize_layer(x, gain, bias, eps=1e-05):
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = x.square().mean(dim=-1, keepdim=True)
    return centred / torch.sqrt(variance + eps) * gain + bias
