"""The same question gets another answer later: something is kept from call to call."""


def missing_prerequisites(stages, needed=set()):  # noqa: B006
    given = set(stages)
    _check_stages(given)
    needed.update(need for stage in given for need in _all_needs(stage))
    return [stage for stage in STAGES if stage in needed - given]
