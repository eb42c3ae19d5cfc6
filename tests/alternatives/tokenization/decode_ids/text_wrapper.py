"""Reads the bytes as a text file in memory, without translating line ends."""

import io


def decode_ids(ids, vocab):
    buffer = io.BytesIO()
    for i in ids:
        try:
            buffer.write(vocab[i])
        except KeyError as error:
            raise ValueError(f"no token has the id {i}") from error
    buffer.seek(0)
    return io.TextIOWrapper(buffer, encoding="utf-8", errors="replace", newline="").read()
