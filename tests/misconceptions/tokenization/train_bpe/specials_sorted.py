"""Special tokens are sorted; they keep the order given."""

_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    vocab, merges = _right(text, vocab_size, special_tokens)
    specials = [special.encode() for special in special_tokens]
    learned = [left + right for left, right in merges]
    single = [bytes([byte]) for byte in range(256)]
    return dict(enumerate(single + learned + sorted(specials))), merges
