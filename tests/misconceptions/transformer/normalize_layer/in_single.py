"""What comes out has another dtype than what went in."""

_right = normalize_layer


def normalize_layer(x, gain, bias, eps=1e-05):
    return _right(x.float(), gain.float(), bias.float(), eps)
