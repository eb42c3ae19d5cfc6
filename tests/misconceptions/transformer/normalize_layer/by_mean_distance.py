"""It divides by the mean distance from the mean; it divides by the root of the variance."""


def normalize_layer(x, gain, bias, eps=1e-05):
    centred = x - x.mean(dim=-1, keepdim=True)
    return centred / (centred.abs().mean(dim=-1, keepdim=True) + eps) * gain + bias
