"""A byte order mark at the beginning is lost; it is a character like any other."""


def decode_stream(ids, vocab):
    decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
    tokens = tokens_of(ids, vocab)
    return [decoder.decode(token, final=index == len(tokens)) for index, token in enumerate(tokens, start=1)]
