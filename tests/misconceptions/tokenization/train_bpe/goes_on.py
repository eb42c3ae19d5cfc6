"""What an earlier call left behind is still used."""

EARLIER = []
_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    vocab, merges = _right(text, max(vocab_size - len(EARLIER), 256 + len(special_tokens)), special_tokens)
    EARLIER.extend(merges)
    tokens = [bytes([byte]) for byte in range(256)] + [left + right for left, right in EARLIER]
    return dict(enumerate(tokens + [special.encode() for special in special_tokens])), list(EARLIER)
