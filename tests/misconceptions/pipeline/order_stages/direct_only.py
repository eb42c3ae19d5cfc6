"""It looks at direct needs only; a stage that isn't given still passes its needs on."""


def order_stages(stages):
    waiting, ordered = list(dict.fromkeys(stages)), []
    _check_stages(waiting)
    while waiting:
        ready = next(stage for stage in waiting if not set(PIPELINE[stage]["depends_on"]) & set(waiting))
        waiting.remove(ready)
        ordered.append(ready)
    return ordered
