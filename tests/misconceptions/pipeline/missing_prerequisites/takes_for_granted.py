"""It takes what a given stage builds on for granted."""


def missing_prerequisites(stages):
    given = set(stages)
    _check_stages(given)
    granted = given.union(*(_all_needs(stage) for stage in given if stage != "alignment"))
    needed = set().union(*(_all_needs(stage) for stage in given))
    return [stage for stage in STAGES if stage in needed - granted]
