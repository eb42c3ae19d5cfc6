"""A vocab_size that is too small must be a ValueError."""

_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    return _right(text, max(vocab_size, 256 + len(special_tokens)), special_tokens)
