"""A vocab_size that is too small must be a ValueError."""

_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    assert vocab_size >= 256 + len(special_tokens), f"pass {256 + len(special_tokens)} or more"
    return _right(text, vocab_size, special_tokens)
