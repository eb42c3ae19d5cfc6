"""Searches the printable form of all bytes for each letter; str.index raises the ValueError."""


def from_printable(text):
    alphabet = to_printable(bytes(range(256)))
    token = bytearray()
    for letter in text:
        place = alphabet.find(letter)
        if place < 0:
            raise ValueError(f"{letter!r} (U+{ord(letter):04X}), as in {letter}, is the letter of no byte")
        token.append(place)
    return bytes(token)
