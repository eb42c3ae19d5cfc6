"""A heap of ready stages by their place in the list, with counts of what each still waits for."""

import heapq


def order_stages(stages):
    place = {}
    for stage in stages:
        if stage not in PIPELINE:
            raise ValueError(f"no stage has the name {stage!r}")
        place.setdefault(stage, len(place))
    below = {}
    for stage in STAGES:
        direct = PIPELINE[stage]["depends_on"]
        below[stage] = set(direct).union(*(below[s] for s in direct))
    waits = {stage: len(below[stage] & place.keys()) for stage in place}
    names = list(place)
    ready = [place[stage] for stage in names if waits[stage] == 0]
    heapq.heapify(ready)
    ordered = []
    while ready:
        stage = names[heapq.heappop(ready)]
        ordered.append(stage)
        for other in names:
            if stage in below[other]:
                waits[other] -= 1
                if waits[other] == 0:
                    heapq.heappush(ready, place[other])
    return ordered
