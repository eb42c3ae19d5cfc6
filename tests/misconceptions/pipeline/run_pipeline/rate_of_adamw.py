"""SFT is trained at AdamW's own learning rate, not at that of base.rates."""

_right = run_pipeline


def run_pipeline(tools, base, skip=()):
    rates = base.rates
    base.rates = {**rates, "sft": 1e-3}
    try:
        return _right(tools, base, skip)
    finally:
        base.rates = rates
