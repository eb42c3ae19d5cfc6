"""Everything stands in one function, stage after stage, with nested helpers and a cycle of batches."""


def run_pipeline(tools, base, skip=()):
    import itertools

    import torch

    skip = set(skip)
    if skip - set(RUN):
        raise ValueError(f"no such stage: {skip - set(RUN)}")
    tokenizer = copy.deepcopy(base.tokenizer)
    fresh = "pretraining" in skip
    model = type(base.model)(copy.deepcopy(base.model.config)) if fresh else copy.deepcopy(base.model)
    report = {}

    def batches(talks):
        rows = iter([tools.encode_chat(talk, tokenizer) for talk in talks])
        while part := list(itertools.islice(rows, base.batch_size)):
            yield tools.collate_chats(part, tokenizer.pad_token_id)

    def talk(question, answer):
        return [dict(role="user", content=question), dict(role="assistant", content=answer)]

    def sft(stage, talks):
        parameters = filter(lambda parameter: parameter.requires_grad, model.parameters())
        optimizer = torch.optim.AdamW(parameters, lr=base.rates[stage])
        tools.train_sft(model, list(batches(talks)), optimizer, base.steps[stage])

    for stage in base.track(RUN, "the pipeline"):
        before = base.model if stage == "pretraining" else copy.deepcopy(model)
        if stage == "sft" and tools.add_chat_tokens:
            tools.add_chat_tokens(model, tokenizer)
        missing = [name for name in TOOLS[stage] if not getattr(tools, name)]
        if stage in skip or missing:
            pass
        elif stage == "sft":
            sft(stage, base.demonstrations)
        elif stage == "alignment":
            reference = copy.deepcopy(model).eval()
            for parameter in reference.parameters():
                parameter.requires_grad = False
            chosen, rejected = (
                list(batches(talk(pair["prompt"], pair[side]) for pair in base.preferences))
                for side in ("chosen", "rejected")
            )
            optimizer = torch.optim.AdamW(model.parameters(), lr=base.rates[stage])
            turns = itertools.cycle(zip(chosen, rejected, strict=True))
            for good, bad in itertools.islice(turns, base.steps[stage]):
                batch = {"chosen": good, "rejected": bad}
                tools.dpo_step(model, reference, batch, optimizer, base.beta)
        elif stage == "lora":
            tools.apply_lora(model, list(base.targets), base.rank, base.alpha)
            sft(stage, base.house_style)
        elif stage == "quantization":
            for name, layer in list(model.named_modules()):
                kind = next(
                    (kind for kind in LAYERS if name.startswith("transformer.h.") and name.endswith(f".{kind}")), ""
                )
                if kind:
                    linear = as_linear(layer, LAYERS[kind] * model.config.hidden_size)
                    model.set_submodule(name, tools.QuantizedLinear(linear, base.bits, base.block_size))
        model.eval()
        state = "skipped" if stage in skip else "missing" if missing else "run"
        report[stage] = {"state": state, "missing": missing, "gate": base.gate(stage, before, model, tokenizer)}
    return {"model": model, "tokenizer": tokenizer, "stages": report}
