"""What an earlier call left behind is still used."""

TEXTS = []
_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    TEXTS.append(text)
    return _right("\n".join(TEXTS), vocab_size, special_tokens)
