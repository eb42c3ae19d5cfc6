"""Needs are followed with a queue, and the result is sorted at the end."""


def missing_prerequisites(stages):
    given = list(stages)
    for stage in given:
        if stage not in STAGES:
            raise ValueError(f"{stage} is no stage")
    queue, seen = list(given), set()
    while queue:
        for need in PIPELINE[queue.pop()]["depends_on"]:
            if need not in seen:
                seen.add(need)
                queue.append(need)
    return sorted(seen.difference(given), key=STAGES.index)
