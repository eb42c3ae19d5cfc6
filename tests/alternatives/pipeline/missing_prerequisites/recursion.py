"""Each need is added with its own needs in front, so that the list grows in order."""


def missing_prerequisites(stages):
    given = list(stages)
    found = []

    def visit(stage):
        if stage not in PIPELINE:
            raise ValueError(stage)
        for need in PIPELINE[stage]["depends_on"]:
            visit(need)
            if need not in found and need not in given:
                found.append(need)

    for stage in given:
        visit(stage)
    return sorted(found, key=lambda stage: list(PIPELINE).index(stage))
