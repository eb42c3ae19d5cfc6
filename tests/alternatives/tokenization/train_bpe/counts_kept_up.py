"""Keeps the counts and corrects them after each merge, as fast trainers do."""


def train_bpe(text, vocab_size, special_tokens=()):
    least = 256 + len(special_tokens)
    if vocab_size < least:
        raise ValueError(f"vocab_size={vocab_size} is below {least}")
    pieces = Counter(piece for part in split_specials(text, special_tokens)[::2] for piece in pretokenize(part))
    words = [[tuple(bytes([byte]) for byte in piece.encode()), count] for piece, count in pieces.items()]
    pairs, where = Counter(), {}
    for at, (word, count) in enumerate(words):
        for pair in zip(word, word[1:], strict=False):
            pairs[pair] += count
            where.setdefault(pair, set()).add(at)
    merges = []
    while least + len(merges) < vocab_size and pairs:
        top = max(pairs.values())
        best = max(pair for pair, count in pairs.items() if count == top)
        merges.append(best)
        for at in list(where[best]):
            word, count = words[at]
            for pair in zip(word, word[1:], strict=False):
                pairs[pair] -= count
                where[pair].discard(at)
            words[at][0] = word = merge_pair(word, best)
            for pair in zip(word, word[1:], strict=False):
                pairs[pair] += count
                where.setdefault(pair, set()).add(at)
        pairs = Counter({pair: count for pair, count in pairs.items() if count > 0})
    tokens = [bytes([byte]) for byte in range(256)] + [left + right for left, right in merges]
    return dict(enumerate(tokens + [special.encode() for special in special_tokens])), merges
