"""attention_entropy changes its input in place."""

_right = attention_entropy


def attention_entropy(weights):
    given = _right(weights)
    weights[weights == 0] = 1
    return given
