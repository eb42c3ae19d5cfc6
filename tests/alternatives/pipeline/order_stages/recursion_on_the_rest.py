"""Recursion: the first stage that builds on none of the rest, then the rest without it."""


def order_stages(stages):
    rest = []
    for stage in stages:
        if stage not in STAGES:
            raise ValueError(f"unknown stage {stage!r}, choose from {', '.join(STAGES)}")
        if stage not in rest:
            rest.append(stage)

    def builds_on(upper, lower):
        direct = PIPELINE[upper]["depends_on"]
        return lower in direct or any(builds_on(s, lower) for s in direct)

    def order(left):
        for stage in left:
            if not any(builds_on(stage, other) for other in left):
                return [stage, *order([s for s in left if s != stage])]
        return []

    return order(rest)
