"""The last bytes always wait, whether or not they begin a character."""


def decode_stream(ids, vocab):
    tokens, raw, texts = tokens_of(ids, vocab), b"", []
    for token in tokens[:-1]:
        raw += token
        text = raw[: max(0, len(raw) - 3)].decode(errors="ignore")
        texts.append(text[len("".join(texts)) :])
    return [*texts, (raw + tokens[-1]).decode(errors="replace")[len("".join(texts)) :]] if tokens else []
