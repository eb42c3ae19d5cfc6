"""Recursion over sets, and a sort by position."""


def missing_prerequisites(stages):
    given = frozenset(stages)
    if not given <= set(STAGES):
        raise ValueError("not a stage: " + ", ".join(map(repr, given.difference(STAGES))))

    def below(stage):
        return set().union(*({s} | below(s) for s in PIPELINE[stage]["depends_on"]))

    return sorted(set().union(*map(below, given)) - given, key=STAGES.index)
