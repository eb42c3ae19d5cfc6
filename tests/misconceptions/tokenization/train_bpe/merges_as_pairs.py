"""Each merge stands there as a pair, not as joined bytes."""

_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    vocab, merges = _right(text, vocab_size, special_tokens)
    specials = [special.encode() for special in special_tokens]
    single = [bytes([byte]) for byte in range(256)]
    return dict(enumerate(single + merges + specials)), merges
