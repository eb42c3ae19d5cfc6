"""An unfinished character at the end is lost; it becomes U+FFFD."""


def decode_ids(ids, vocab):
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    return decoder.decode(b"".join(tokens_of(ids, vocab)))
