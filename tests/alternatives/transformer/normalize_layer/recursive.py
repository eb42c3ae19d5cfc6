"""Vector by vector, by recursion."""


def normalize_layer(x, gain, bias, eps=1e-5):
    if x.ndim > 1:
        return torch.stack([normalize_layer(one, gain, bias, eps) for one in x])
    centred = x - x.sum() / len(x)
    return gain * centred / (centred @ centred / len(x) + eps) ** 0.5 + bias
