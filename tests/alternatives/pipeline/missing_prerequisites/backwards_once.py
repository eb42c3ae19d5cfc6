"""One pass over STAGES from the back, which works because every stage stands behind what it builds on."""


def missing_prerequisites(stages):
    given = tuple(stages)
    for name in given:
        if name not in PIPELINE:
            raise ValueError(f"there is no stage called {name}")
    wanted = set(given)
    missing = []
    for stage in reversed(STAGES):
        if stage in wanted:
            wanted.update(PIPELINE[stage]["depends_on"])
            if stage not in given:
                missing.insert(0, stage)
    return missing
