"""Mean and variance run over the text and the width; each vector has its own."""

also = ("Mean and variance run over everything; each vector has its own.",)


def normalize_layer(x, gain, bias, eps=1e-05):
    centred = x - x.mean(dim=tuple(range(x.ndim))[-2:], keepdim=True)
    variance = centred.square().mean(dim=tuple(range(x.ndim))[-2:], keepdim=True)
    return centred / torch.sqrt(variance + eps) * gain + bias
