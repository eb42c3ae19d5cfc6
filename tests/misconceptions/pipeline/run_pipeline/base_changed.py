"""The base model or its tokenizer is changed in place; both are to be copied first."""

also = ("The fresh model shares the configuration of the base's, which its chat tokens then change.",)  # it does


def run_pipeline(tools: Any, base: Base, skip: Collection[str] = ()) -> Report:
    if unknown := [stage for stage in skip if stage not in RUN]:
        raise ValueError(f"{unknown[0]!r} can't be skipped: use names of RUN")
    model, tokenizer = base.model, base.tokenizer
    if "pretraining" in skip:
        model = type(model)(model.config)
    runners = {"sft": _tune, "alignment": _align, "lora": _adapt, "quantization": _quantize}
    stages: dict[str, StageReport] = {}
    for stage in base.track(RUN, "the pipeline"):
        before = base.model if stage == "pretraining" else copy.deepcopy(model)
        if stage == "sft" and tools.add_chat_tokens is not None:
            tools.add_chat_tokens(model, tokenizer)
        missing = [name for name in TOOLS[stage] if getattr(tools, name) is None]
        state = "skipped" if stage in skip else "missing" if missing else "run"
        if state == "run" and stage in runners:
            runners[stage](tools, base, model, tokenizer)
        model.eval()
        stages[stage] = StageReport(state=state, missing=missing, gate=base.gate(stage, before, model, tokenizer))
    return Report(model=model, tokenizer=tokenizer, stages=stages)
