"""Lets the tokenizers library do it, byte by byte as letters."""


def encode_piece(piece, merges):
    from tokenizers import models

    def letters(token):
        return "".join(chr(0x100 + byte) for byte in token)

    tokens = dict.fromkeys([bytes([byte]) for byte in range(256)] + [left + right for left, right in merges])
    vocab = {letters(token): number for number, token in enumerate(tokens)}
    model = models.BPE(vocab=vocab, merges=[(letters(left), letters(right)) for left, right in merges])
    return tuple(bytes(ord(letter) - 0x100 for letter in token.value) for token in model.tokenize(letters(piece)))
