"""The variance is divided by D - 1, as x.var() and x.std() do by themselves; it is divided by D."""


def normalize_layer(x, gain, bias, eps=1e-05):
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = centred.norm(dim=-1, keepdim=True) ** 2 / max(1, x.shape[-1] - 1)
    return centred / torch.sqrt(variance + eps) * gain + bias
