"""It joins pairs that don't occur any more; training ends early."""

_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    vocab, merges = _right(text, vocab_size, special_tokens)
    seen, words = set(), {}
    for part in split_specials(text, special_tokens)[::2]:
        words.update({tuple(bytes([byte]) for byte in piece.encode()): 1 for piece in pretokenize(part)})
    for pair in [None, *merges]:  # counts are kept up to date, and those that came down to 0 are never taken out
        words = {merge_pair(word, pair) if pair else word: 1 for word in words}
        seen.update(count_pairs(words))
    if seen:
        merges += [max(seen)] * (vocab_size - 256 - len(special_tokens) - len(merges))
    tokens = [bytes([byte]) for byte in range(256)] + [left + right for left, right in merges]
    return dict(enumerate(tokens + [special.encode() for special in special_tokens])), merges
