"""A vocab_size that is too small must be a ValueError."""

_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    if vocab_size < 256:
        raise ValueError("vocab_size must be at least 256 or, with special tokens, 257 and more")
    return _right(text, max(vocab_size, 256 + len(special_tokens)), special_tokens)
