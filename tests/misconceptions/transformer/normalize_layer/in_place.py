"""normalize_layer changes its input in place."""


def normalize_layer(x, gain, bias, eps=1e-05):
    x -= x.mean(dim=-1, keepdim=True)
    centred = x
    variance = centred.square().mean(dim=-1, keepdim=True)
    return centred / torch.sqrt(variance + eps) * gain + bias
