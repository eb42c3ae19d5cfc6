"""The merges must be a list."""

_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    vocab, merges = _right(text, vocab_size, special_tokens)
    return vocab, {pair: rank for rank, pair in enumerate(merges)}
