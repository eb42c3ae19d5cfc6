"""A character that is the letter of no byte must be a ValueError."""


def from_printable(text):
    numbers = {letter: byte for byte, letter in enumerate(printable_letters())}
    return bytes(numbers[letter] for letter in text)
