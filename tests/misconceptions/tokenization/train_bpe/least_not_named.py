"""The error for a vocab_size that is too small does not say what it must be at least."""

_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    try:
        return _right(text, vocab_size, special_tokens)
    except ValueError:
        raise ValueError("vocab_size is too small") from None
