"""A token with a space in it comes apart; a token may hold any bytes."""

import re


def merge_pair(symbols, pair):
    places = re.compile(rb"(?<!\S)" + re.escape(b" ".join(pair)) + rb"(?!\S)")
    line = places.sub(lambda match: pair[0] + pair[1], b" ".join(symbols))
    return tuple(line.split(b" ")) if symbols else ()
