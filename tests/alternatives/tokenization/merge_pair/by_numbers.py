"""Gives tokens numbers and lets a regular expression join them."""


def merge_pair(symbols, pair):
    known = {token: chr(0x1000 + at) for at, token in enumerate(dict.fromkeys([*symbols, *pair]))}
    back = {letter: token for token, letter in known.items()}
    text = "".join(known[token] for token in symbols).replace(known[pair[0]] + known[pair[1]], "\0")
    return tuple(pair[0] + pair[1] if letter == "\0" else back[letter] for letter in text)
