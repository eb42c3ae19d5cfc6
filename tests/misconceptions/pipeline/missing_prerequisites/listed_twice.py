"""A stage that is missing for two others is listed twice."""


def missing_prerequisites(stages):
    given = list(dict.fromkeys(stages))
    _check_stages(given)
    return sorted((need for stage in given for need in _all_needs(stage) if need not in given), key=STAGES.index)
