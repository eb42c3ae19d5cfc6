"""Mean and variance run along the text; they run over the width."""

also = ("Mean and variance run over the batch; each vector has its own.",)


def normalize_layer(x, gain, bias, eps=1e-05):
    centred = x - x.mean(dim=max(-2, -x.ndim), keepdim=True)
    variance = centred.square().mean(dim=max(-2, -x.ndim), keepdim=True)
    return centred / torch.sqrt(variance + eps) * gain + bias
