"""A fixed point, grown backwards through STAGES once, as each stage only builds on earlier ones."""


def missing_prerequisites(stages):
    had = {}
    for s in stages:
        if not isinstance(s, str) or s not in PIPELINE:
            raise ValueError(f"{s} is not among the stages {STAGES}")
        had[s] = True
    need = dict.fromkeys(STAGES, False)
    for s in reversed(STAGES):
        if need[s] or s in had:
            need.update(dict.fromkeys(PIPELINE[s]["depends_on"], True))
    return [s for s, wanted in need.items() if wanted and not had.get(s)]
