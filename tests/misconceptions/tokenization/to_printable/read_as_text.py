"""It reads the token as UTF-8; each byte has a letter of its own."""

_right = to_printable


def to_printable(token):
    text = token.decode(errors="replace")
    return "".join(_right(letter.encode()) if letter in " \n\t" else letter for letter in text)
