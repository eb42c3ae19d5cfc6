"""eps is not used."""

also = ("A vector of equal numbers gives NaN; eps keeps it from dividing by 0.",)


def normalize_layer(x, gain, bias, eps=1e-05):
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = centred.square().mean(dim=-1, keepdim=True)
    return centred / torch.sqrt(variance) * gain + bias
