"""The mean is taken away, and nothing is divided."""


def normalize_layer(x, gain, bias, eps=1e-05):
    centred = x - x.mean(dim=-1, keepdim=True)
    return centred * gain + bias
