"""Works on ids, and turns them into bytes for ties and at the end."""


def train_bpe(text, vocab_size, special_tokens=()):
    if vocab_size - 256 < len(special_tokens):
        raise ValueError(f"a vocabulary of {256 + len(special_tokens)} tokens is the least")
    vocab = {number: bytes([number]) for number in range(256)}
    parts = split_specials(text, special_tokens)[::2]
    words = [list(piece.encode()) for part in parts for piece in pretokenize(part)]  # each as often as it occurs
    merges = []
    while len(vocab) + len(special_tokens) < vocab_size:
        counts = Counter(pair for word in words for pair in zip(word, word[1:], strict=False))
        if not counts:
            break
        left, right = max(counts, key=lambda pair: (counts[pair], vocab[pair[0]], vocab[pair[1]]))
        number = len(vocab)
        merges.append((vocab[left], vocab[right]))
        vocab[number] = vocab[left] + vocab[right]
        for word in words:
            at = 0
            while at < len(word) - 1:
                if word[at] == left and word[at + 1] == right:
                    word[at : at + 2] = [number]
                at += 1
    return vocab | {len(vocab) + at: special.encode() for at, special in enumerate(special_tokens)}, merges
