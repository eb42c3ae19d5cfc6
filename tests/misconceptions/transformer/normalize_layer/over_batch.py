"""Mean and variance run over the batch; each vector has its own."""


def normalize_layer(x, gain, bias, eps=1e-05):
    centred = x - x.mean(dim=0, keepdim=True)
    variance = centred.square().mean(dim=0, keepdim=True)
    return centred / torch.sqrt(variance + eps) * gain + bias
