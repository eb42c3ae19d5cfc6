"""LoRA adapts any trained model, a base model too: it doesn't need alignment."""

_right = missing_prerequisites


def missing_prerequisites(stages):
    given = set(stages)
    more = {"alignment", "sft"} if "lora" in given else set()
    found = set(_right(given | more)) | more
    return [stage for stage in STAGES if stage in found - given]
