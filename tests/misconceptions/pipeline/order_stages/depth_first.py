"""It puts what a stage builds on right before it, instead of the first given stage that is free."""


def order_stages(stages):
    given = list(dict.fromkeys(stages))
    _check_stages(given)
    placed = []

    def visit(stage):
        for need in PIPELINE[stage]["depends_on"]:
            visit(need)
        if stage in given and stage not in placed:
            placed.append(stage)

    for stage in given:
        visit(stage)
    return placed
