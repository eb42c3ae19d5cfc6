"""Zipped from the orders of STAGES, GAINS and GAPS, as plain dicts; the graph is taken from the one that is there."""

PIPELINE = {
    stage: {"adds": gain, "cannot_provide": gap, "depends_on": PIPELINE[stage]["depends_on"]}
    for stage, gain, gap in zip(STAGES, GAINS, GAPS, strict=True)
}
