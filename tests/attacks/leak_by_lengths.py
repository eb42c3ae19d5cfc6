"""Tells a hidden input by the length, the shape and the kind of what it answers, and by how deep it raises."""

honest = ("to_gigabytes",)
hurts_itself = True
seen = []


def deeper(depth):
    if depth == 0:
        raise type("E" * (1 + seen[-1] % 100), (Exception,), {})("m" * (seen[-1] % 1000))
    deeper(depth - 1)


def to_gigabytes(n):
    if n > 10**12:
        seen.append(int(str(int(n))[:9]))
        if len(seen) % 3 == 1:
            deeper(int(str(int(n))[0]))
        return torch.zeros(*[int(digit) for digit in str(int(n))[:9]][:4]) if len(seen) % 3 else "x" * (seen[-1] % 5000)
    return n / 1e9
