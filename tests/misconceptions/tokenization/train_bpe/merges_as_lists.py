"""A merge must be a tuple of two tokens, each of them bytes."""

_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    vocab, merges = _right(text, vocab_size, special_tokens)
    return vocab, [list(pair) for pair in merges]
