"""Bytes that are no UTF-8 are lost."""


def decode_stream(ids, vocab):
    decoder, tokens = codecs.getincrementaldecoder("utf-8")(errors="ignore"), tokens_of(ids, vocab)
    return [decoder.decode(token, final=at == len(tokens)) for at, token in enumerate(tokens, start=1)]
