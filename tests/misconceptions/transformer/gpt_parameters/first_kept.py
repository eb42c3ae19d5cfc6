"""What an earlier call gave is given again."""

_right = gpt_parameters
_cache = {}


def gpt_parameters(vocab, positions, width, layers, tied=True):
    return _cache.setdefault((width, layers, tied), _right(vocab, positions, width, layers, tied))
