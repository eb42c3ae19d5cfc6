"""A vocab_size that is too small is a ValueError without a message; say why."""

_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    try:
        return _right(text, vocab_size, special_tokens)
    except ValueError:
        raise ValueError from None
