"""It changes the text to small letters."""


def train_bpe(text, vocab_size, special_tokens=()):
    least = 256 + len(special_tokens)
    if vocab_size < least:
        raise ValueError(f"vocab_size={vocab_size}: pass {least} or more")
    pieces = Counter(piece.lower() for part in split_specials(text, special_tokens)[::2] for piece in pretokenize(part))
    words = {tuple(bytes([byte]) for byte in piece.encode()): count for piece, count in pieces.items()}
    merges = []
    while least + len(merges) < vocab_size and (pairs := count_pairs(words)):
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        words = {merge_pair(word, best): count for word, count in words.items()}
    tokens = [bytes([byte]) for byte in range(256)]
    tokens += [left + right for left, right in merges]
    tokens += [special.encode() for special in special_tokens]
    return dict(enumerate(tokens)), merges
