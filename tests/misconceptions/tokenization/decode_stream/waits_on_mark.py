"""Everything waits while the text ends in U+FFFD, also if no more can come."""


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
