"""Another id drawn, text by text, with a generator of its own; loops."""


def sees_the_future(logits, ids):
    found, draw = set(), torch.Generator().manual_seed(7)
    for row in range(len(ids)):
        text = ids[row : row + 1]
        before = logits(text)
        size = before.size(-1)
        for late in reversed(range(1, text.size(1))):
            other = text.clone()
            other[0, late] = (other[0, late] + torch.randint(1, size, (), generator=draw)) % size
            after = logits(other)
            for early in range(late):
                if float((after[0, early] - before[0, early]).abs().max()) > 1e-5:
                    found.add((late, early))
    return sorted(found)
