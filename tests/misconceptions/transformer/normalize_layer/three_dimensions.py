"""It raises an error for another number of dimensions than three; any is legal."""


def normalize_layer(x, gain, bias, eps=1e-05):
    batch, length, width = x.shape
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = centred.square().mean(dim=-1, keepdim=True)
    return centred / torch.sqrt(variance + eps) * gain + bias
