"""It takes the pipeline for a chain; a stage doesn't need everything that stands before it in the list."""


def missing_prerequisites(stages):
    given = set(stages)
    _check_stages(given)
    last = max((STAGES.index(stage) for stage in given), default=0)
    return [stage for stage in STAGES[:last] if stage not in given]
