"""What still waits at the end is lost."""


def decode_stream(ids, vocab):
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    return [decoder.decode(token) for token in tokens_of(ids, vocab)]
