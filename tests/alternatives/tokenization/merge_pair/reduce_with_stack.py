"""A fold with a stack, where an open left token is remembered."""

from functools import reduce


def merge_pair(symbols, pair):
    left, right = pair

    def step(state, symbol):
        done, open_left = state
        if open_left and symbol == right:
            done[-1] = left + right
            return done, False
        done.append(symbol)
        return done, symbol == left

    return tuple(reduce(step, symbols, ([], False))[0])
