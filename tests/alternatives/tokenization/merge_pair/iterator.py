"""A generator that peeks at the next token, with a sentinel."""


def merge_pair(symbols, pair):
    def walk():
        end = object()
        rest = iter(symbols)
        here = next(rest, end)
        while here is not end:
            there = next(rest, end)
            if here == pair[0] and there == pair[1]:
                yield b"".join(pair)
                here = next(rest, end)
            else:
                yield here
                here = there

    return tuple(walk())
