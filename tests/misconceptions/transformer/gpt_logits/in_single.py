"""What comes out has another dtype than what went in."""

_right = gpt_logits


def gpt_logits(ids, params, heads):
    return _right(ids, {name: one.float() for name, one in params.items()}, heads)
