"""Plain Python: exact sums with math.fsum on rows scaled to their largest number, and a heap."""

import heapq
import math
import operator


def nearest_tokens(table, token, k):
    rows = table.detach().double().tolist()
    others = [i for i in range(len(rows)) if i != token]
    if len(others) == len(rows):
        raise IndexError(f"token {token} has no row")
    if k not in range(len(rows)):
        raise ValueError(f"k = {k}, but there are {len(others)} others")

    def unit(row):
        most = max(map(abs, row), default=0.0)
        row = [x / most for x in row] if most else row
        length = math.hypot(*row)
        return [x / length for x in row] if length else row

    me = unit(rows[token])

    def far(i):
        return round(-math.fsum(map(operator.mul, me, unit(rows[i]))), 12), i

    return heapq.nsmallest(k, others, key=far)
