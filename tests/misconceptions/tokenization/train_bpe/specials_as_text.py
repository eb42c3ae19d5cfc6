"""Special tokens stand there as text; tokens are bytes."""

_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    vocab, merges = _right(text, vocab_size, special_tokens)
    learned = [left + right for left, right in merges]
    single = [bytes([byte]) for byte in range(256)]
    return dict(enumerate(single + learned + list(special_tokens))), merges
