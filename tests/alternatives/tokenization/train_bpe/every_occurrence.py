"""Holds every piece of the text apart, sorts the counts, and cuts at special tokens by str.startswith."""


def train_bpe(text, vocab_size, special_tokens=()):
    room = vocab_size - 256 - len(special_tokens)
    if room < 0:
        raise ValueError(f"vocab_size must be at least {256 + len(special_tokens)}")
    chunks, begin, i = [], 0, 0
    while i < len(text):
        hit = max((s for s in special_tokens if text.startswith(s, i)), key=len, default=None)
        if hit is None:
            i += 1
        else:
            chunks.append(text[begin:i])
            i += len(hit)
            begin = i
    chunks.append(text[begin:])
    words = [[bytes([b]) for b in piece.encode()] for chunk in chunks for piece in pretokenize(chunk)]
    merges = []
    for _ in range(room):
        counts = {}
        for word in words:
            for pair in zip(word, word[1:], strict=False):
                counts[pair] = counts.get(pair, 0) + 1
        if not counts:
            break
        merges.append(sorted(counts, key=lambda pair: (counts[pair], pair))[-1])
        words = [merge_pair(word, merges[-1]) for word in words]
    made = [bytes([b]) for b in range(256)] + [a + b for a, b in merges] + [s.encode() for s in special_tokens]
    return {i: token for i, token in enumerate(made)}, merges
