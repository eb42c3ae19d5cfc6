"""eps is added to the root; it is added to the variance under it."""


def normalize_layer(x, gain, bias, eps=1e-05):
    centred = x - x.mean(dim=-1, keepdim=True)
    return centred / (x.std(dim=-1, keepdim=True, correction=0) + eps) * gain + bias
