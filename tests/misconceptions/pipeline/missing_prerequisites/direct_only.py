"""It looks at direct needs only; what a stage needs has needs of its own."""


def missing_prerequisites(stages):
    given = set(stages)
    _check_stages(given)
    needed = {need for stage in given for need in PIPELINE[stage]["depends_on"]}
    return [stage for stage in STAGES if stage in needed - given]
