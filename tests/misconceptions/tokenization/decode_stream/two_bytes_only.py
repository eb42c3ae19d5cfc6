"""Only the first byte of a character waits; of three or four bytes more must."""


def decode_stream(ids, vocab):
    texts, waiting, tokens = [], b"", tokens_of(ids, vocab)
    for at, token in enumerate(tokens):
        raw = waiting + token
        waiting = raw[-1:] if raw and raw[-1] >= 0xC2 and raw[-1] < 0xF5 and at < len(tokens) - 1 else b""
        texts.append(raw[: len(raw) - len(waiting)].decode(errors="replace"))
    return texts
