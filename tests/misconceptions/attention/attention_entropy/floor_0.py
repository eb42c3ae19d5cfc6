"""Small entropies are set to 0; they count as they are."""

_right = attention_entropy


def attention_entropy(weights):
    given = _right(weights)
    return given.masked_fill(given < 0.05, 0)
