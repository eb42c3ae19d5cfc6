"""After it has placed a stage it goes on behind it; the first given one that is free comes next, wherever it stands."""


def order_stages(stages):
    waiting, ordered = list(dict.fromkeys(stages)), []
    _check_stages(waiting)
    while waiting:
        for stage in list(waiting):
            if not _all_needs(stage) & set(waiting):
                waiting.remove(stage)
                ordered.append(stage)
    return ordered
