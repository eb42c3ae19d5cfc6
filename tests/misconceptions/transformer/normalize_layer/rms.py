"""The mean is not taken away: that is RMS norm."""


def normalize_layer(x, gain, bias, eps=1e-05):
    centred = x
    variance = centred.square().mean(dim=-1, keepdim=True)
    return centred / torch.sqrt(variance + eps) * gain + bias
