"""A recursive generator of everything that a stage builds on; sorted by STAGES.index."""


def missing_prerequisites(stages):
    def below(name):
        for b in PIPELINE[name]["depends_on"]:
            yield b
            yield from below(b)

    had = frozenset(stages)
    if strange := sorted(had.difference(STAGES), key=repr):
        raise ValueError("no such stage: " + ", ".join(map(str, strange)))
    return sorted({b for name in had for b in below(name)} - had, key=STAGES.index)
