"""Everything waits while a character is unfinished; only that character must."""


def decode_stream(ids, vocab):
    def unfinished(raw):
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        decoder.decode(raw)
        return bool(decoder.getstate()[0])

    texts, waiting, tokens = [], b"", tokens_of(ids, vocab)
    for at, token in enumerate(tokens):
        waiting += token
        text = waiting.decode(errors="replace")
        if at < len(tokens) - 1 and unfinished(waiting):
            texts.append("")
        else:
            texts.append(text)
            waiting = b""
    return texts
