"""LoRA is trained at the rate of another stage; base.rates has one for each."""

_right = run_pipeline


def run_pipeline(tools, base, skip=()):
    rates = base.rates
    base.rates = {**rates, "lora": rates["sft"]}
    try:
        return _right(tools, base, skip)
    finally:
        base.rates = rates
