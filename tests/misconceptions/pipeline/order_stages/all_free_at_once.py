"""It places all stages that are free at once; the first given one is to be looked for anew each time."""


def order_stages(stages):
    waiting, ordered = list(dict.fromkeys(stages)), []
    _check_stages(waiting)
    while waiting:
        free = [stage for stage in waiting if not _all_needs(stage) & set(waiting)]
        ordered += free
        waiting = [stage for stage in waiting if stage not in free]
    return ordered
