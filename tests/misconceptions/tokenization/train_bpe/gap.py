"""Special tokens get the last ids of vocab_size; they stand right behind the last merge."""

_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    vocab, merges = _right(text, vocab_size, special_tokens)
    specials = [special.encode() for special in special_tokens]
    learned = [left + right for left, right in merges]
    single = [bytes([byte]) for byte in range(256)]
    return dict(enumerate(single + learned)) | {
        vocab_size - len(specials) + at: one for at, one in enumerate(specials)
    }, merges
