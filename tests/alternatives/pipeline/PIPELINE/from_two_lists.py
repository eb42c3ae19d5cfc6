"""The table is put together from the printed orders, as plain dicts."""

PIPELINE = {
    stage: {"depends_on": PIPELINE[stage]["depends_on"], "cannot_provide": gap, "adds": gain}
    for stage, gain, gap in zip(STAGES, GAINS, GAPS, strict=True)
}
