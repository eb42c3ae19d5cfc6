"""Decodes strictly, and reads from the error whether bytes are missing or impossible."""


def decode_stream(ids, vocab):
    unknown = [i for i in ids if i not in vocab]
    if unknown:
        raise ValueError(f"ids without a token: {unknown}")
    texts, waiting = [], b""
    for i in ids:
        waiting, text = waiting + vocab[i], ""
        while waiting:
            try:
                text, waiting = text + waiting.decode(), b""
            except UnicodeDecodeError as error:
                text += waiting[: error.start].decode()
                if error.reason == "unexpected end of data":
                    waiting = waiting[error.start :]
                    break
                text, waiting = text + "\ufffd", waiting[error.end :]
        texts.append(text)
    if texts:
        texts[-1] += waiting.decode(errors="replace")
    return texts
