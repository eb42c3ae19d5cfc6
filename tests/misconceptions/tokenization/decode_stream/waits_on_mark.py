"""A U+FFFD at the end of the text waits, although no byte that follows can change it."""


def decode_stream(ids, vocab):
    texts, waiting, tokens = [], b"", tokens_of(ids, vocab)
    for at, token in enumerate(tokens):
        waiting += token
        text = waiting.decode(errors="replace")
        if at < len(tokens) - 1 and text.endswith("\ufffd"):
            texts.append("")
        else:
            texts.append(text)
            waiting = b""
    return texts
