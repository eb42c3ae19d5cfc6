"""Mean and variance run over everything; each vector has its own."""


def normalize_layer(x, gain, bias, eps=1e-05):
    centred = x - x.mean()
    variance = centred.square().mean()
    return centred / torch.sqrt(variance + eps) * gain + bias
