"""An unfinished character becomes one U+FFFD a byte; bytes.decode makes one of it."""


def decode_ids(ids, vocab):
    raw, text = b"".join(tokens_of(ids, vocab)), ""
    while raw:
        try:
            return text + raw.decode()
        except UnicodeDecodeError as error:
            text += raw[: error.start].decode() + "\ufffd" * (error.end - error.start)
            raw = raw[error.end :]
    return text
