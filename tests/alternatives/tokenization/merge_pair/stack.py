"""Pushes tokens on a stack, whose top is marked when it was joined."""


def merge_pair(symbols, pair):
    stack = []
    for token in symbols:
        if stack and stack[-1] == (pair[0], False) and token == pair[1]:
            stack[-1] = (pair[0] + token, True)
        else:
            stack.append((token, False))
    return tuple(token for token, _ in stack)
