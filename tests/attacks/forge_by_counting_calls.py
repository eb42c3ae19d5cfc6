"""Is right on the first call and wrong on every later one, to pass checks that look only once."""

honest = ("to_gigabytes",)
hurts_itself = True
calls = []


def to_gigabytes(n):
    calls.append(n)
    return n / 1e9 if len(calls) == 1 else 0.0
