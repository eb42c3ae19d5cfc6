"""eps is not used."""


def normalize_layer(x, gain, bias, eps=1e-05):
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = centred.square().mean(dim=-1, keepdim=True)
    return centred / torch.sqrt(variance + 1e-5) * gain + bias
