"""A U+FFFD at the end of the text waits, although no byte that follows can change it."""


def decode_stream(ids, vocab):
    texts, waiting, tokens = [], b"", tokens_of(ids, vocab)
    for index, token in enumerate(tokens, start=1):
        waiting += token
        ends = len(waiting)
        for back in range(1, min(4, ends) + 1):
            byte = waiting[-back]
            if byte >= 0xC0 or byte < 0x80:
                needed = 1 if byte < 0x80 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
                ends -= back if back < needed and index < len(tokens) else 0
                break
        texts.append(waiting[:ends].decode(errors="replace"))
        waiting = waiting[ends:]
    return texts
