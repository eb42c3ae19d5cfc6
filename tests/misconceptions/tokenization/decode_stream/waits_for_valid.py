"""After a byte that is no UTF-8 everything waits."""


def decode_stream(ids, vocab):
    def unreadable(raw):
        try:
            raw.decode()
        except UnicodeDecodeError:
            return True
        return False

    texts, waiting, tokens = [], b"", tokens_of(ids, vocab)
    for at, token in enumerate(tokens):
        waiting += token
        text = waiting.decode(errors="replace")
        if at < len(tokens) - 1 and unreadable(waiting):
            texts.append("")
        else:
            texts.append(text)
            waiting = b""
    return texts
