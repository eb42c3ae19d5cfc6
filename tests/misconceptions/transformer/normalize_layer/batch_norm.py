"""Mean and variance run over batch and text, as in batch norm; each vector has its own."""

also = ("Mean and variance run over the batch; each vector has its own.",)


def normalize_layer(x, gain, bias, eps=1e-05):
    centred = x - x.mean(dim=tuple(range(x.ndim - 1)) or -1, keepdim=True)
    variance = centred.square().mean(dim=tuple(range(x.ndim - 1)) or -1, keepdim=True)
    return centred / torch.sqrt(variance + eps) * gain + bias
