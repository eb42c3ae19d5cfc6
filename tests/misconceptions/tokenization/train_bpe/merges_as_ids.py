"""A merge must be a tuple of two tokens, each of them bytes."""

_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    vocab, merges = _right(text, vocab_size, special_tokens)
    return vocab, [(vocab_number(vocab, left), vocab_number(vocab, right)) for left, right in merges]


def vocab_number(vocab, token):
    return next(number for number, known in vocab.items() if known == token)
