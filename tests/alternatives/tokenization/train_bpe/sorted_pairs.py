"""Sorts all pairs by count and bytes, and takes the last."""


def train_bpe(text, vocab_size, special_tokens=()):
    room = vocab_size - 256 - len(special_tokens)
    if room < 0:
        raise ValueError(f"pass a vocab_size of {256 + len(special_tokens)} or more")
    words = Counter()
    for at, part in enumerate(split_specials(text, special_tokens)):
        if at % 2 == 0:
            words.update(tuple(bytes([byte]) for byte in piece.encode()) for piece in pretokenize(part))
    merges = []
    for _ in range(room):
        ranked = sorted((count, pair) for pair, count in count_pairs(words).items())
        if not ranked:
            break
        merges.append(ranked[-1][1])
        words = Counter({merge_pair(word, merges[-1]): count for word, count in words.items()})
    vocab = {number: bytes([number]) for number in range(256)}
    for left, right in merges:
        vocab[len(vocab)] = left + right
    for special in special_tokens:
        vocab[len(vocab)] = special.encode("utf-8")
    return vocab, merges
