"""A gate is given its two models the wrong way round: first before, then after."""

also = ("Before pretraining's gate stands the base model itself.",)  # here stands what pretraining left

_right = run_pipeline


def run_pipeline(tools, base, skip=()):
    gate = base.gate
    base.gate = lambda stage, before, after, tokenizer: gate(stage, after, before, tokenizer)
    try:
        return _right(tools, base, skip)
    finally:
        base.gate = gate
