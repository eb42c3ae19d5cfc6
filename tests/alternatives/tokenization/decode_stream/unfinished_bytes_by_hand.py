"""Looks at the last bytes for a character that has begun."""


def decode_stream(ids, vocab):
    def begun(raw):
        """How many bytes at the end may be the beginning of a character."""
        for size in (3, 2, 1):
            tail = raw[-size:]
            if len(tail) == size and tail[0] >= 0xC0:
                for more in range(1, 4):
                    for filler in (b"\x80", b"\xbf"):
                        try:
                            if len((tail + filler * more).decode()) == 1:
                                return size
                        except UnicodeDecodeError:
                            continue
        return 0

    decode_ids(ids, vocab)  # raises for unknown ids
    texts, raw = [], b""
    for at, number in enumerate(ids):
        raw += vocab[number]
        ready = len(raw) if at == len(ids) - 1 else len(raw) - begun(raw)
        texts.append(raw[:ready].decode(errors="replace"))
        raw = raw[ready:]
    return texts
