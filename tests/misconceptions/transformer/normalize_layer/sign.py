"""The sign is turned round."""


def normalize_layer(x, gain, bias, eps=1e-05):
    centred = x.mean(dim=-1, keepdim=True) - x
    variance = centred.square().mean(dim=-1, keepdim=True)
    return centred / torch.sqrt(variance + eps) * gain + bias
