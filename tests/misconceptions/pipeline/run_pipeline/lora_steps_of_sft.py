"""LoRA takes as many steps as SFT; base.steps has a number for each."""

_right = run_pipeline


def run_pipeline(tools, base, skip=()):
    steps = base.steps
    base.steps = {**steps, "lora": steps["sft"]}
    try:
        return _right(tools, base, skip)
    finally:
        base.steps = steps
