"""It joins from right to left."""


def merge_pair(symbols, pair):
    rest, merged = list(symbols), []
    while rest:
        last = rest.pop()
        if rest and (rest[-1], last) == pair:
            last = rest.pop() + last
        merged.insert(0, last)
    return tuple(merged)
