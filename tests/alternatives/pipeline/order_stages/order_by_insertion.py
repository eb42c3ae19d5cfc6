"""Stages are taken one by one; after each, the first free one of all is looked for with a graph of closures."""


def order_stages(stages):
    stages = list(stages)
    if set(stages) - set(STAGES):
        raise ValueError(f"unknown stages: {set(stages) - set(STAGES)}")
    closure = {}
    for stage in STAGES:  # needs come first in STAGES
        direct = PIPELINE[stage]["depends_on"]
        closure[stage] = set(direct) | {far for near in direct for far in closure[near]}
    ordered = []
    for _ in set(stages):
        for stage in stages:
            if stage not in ordered and all(need in ordered for need in closure[stage] if need in stages):
                ordered.append(stage)
                break
    return ordered
