"""It sorts by how much a stage builds on; stages that don't build on each other keep their order."""


def order_stages(stages):
    given = list(dict.fromkeys(stages))
    _check_stages(given)
    return sorted(given, key=lambda stage: len(_all_needs(stage)))
