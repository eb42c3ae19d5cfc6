"""Vectors far from 0 lose their digits: the mean of the squares less the square of the mean rounds them away."""

also = ("A vector of equal numbers gives NaN; eps keeps it from dividing by 0.",)


def normalize_layer(x, gain, bias, eps=1e-05):
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = (x**2).mean(-1, keepdim=True) - x.mean(-1, keepdim=True) ** 2
    return centred / torch.sqrt(variance + eps) * gain + bias
