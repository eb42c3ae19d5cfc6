"""LoRA is made to wait for alignment; it adapts any trained model, a base model too."""


def order_stages(stages):
    waiting, ordered = list(dict.fromkeys(stages)), []
    _check_stages(waiting)
    while waiting:
        more = {"sft", "alignment"}
        ready = next(
            stage for stage in waiting if not (_all_needs(stage) | (more if stage == "lora" else set())) & set(waiting)
        )
        waiting.remove(ready)
        ordered.append(ready)
    return ordered
