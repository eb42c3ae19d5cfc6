"""Closures in a dict that return the model; layers are found among named_modules; reports are filled as they come."""

import copy


def run_pipeline(tools, base, skip=()):
    import torch

    wrong = [stage for stage in skip if stage not in RUN]
    if wrong:
        raise ValueError(f"skip: {wrong[0]!r} is not among {', '.join(RUN)}")
    tokenizer = copy.deepcopy(base.tokenizer)

    def collated(chats):
        coded = [tools.encode_chat(chat, tokenizer) for chat in chats]
        pieces = []
        while coded:
            pieces.append(tools.collate_chats(coded[: base.batch_size], tokenizer.pad_token_id))
            del coded[: base.batch_size]
        return pieces

    def tune(model, stage, chats):
        optimizer = torch.optim.AdamW(filter(lambda p: p.requires_grad or stage == "sft", model.parameters()))
        for group in optimizer.param_groups:
            group["lr"] = base.rates[stage]
        tools.train_sft(model, collated(chats), optimizer, base.steps[stage])

    def align(model):
        frozen = copy.deepcopy(model)
        frozen.requires_grad_(False)

        def chats(side):
            return [
                ({"role": "user", "content": p["prompt"]}, {"role": "assistant", "content": p[side]})
                for p in base.preferences
            ]

        chosen, rejected = collated(chats("chosen")), collated(chats("rejected"))
        optimizer = torch.optim.AdamW(model.parameters(), lr=base.rates["alignment"])
        i = 0
        for _ in range(base.steps["alignment"]):
            tools.dpo_step(model, frozen, {"chosen": chosen[i], "rejected": rejected[i]}, optimizer, base.beta)
            i = (i + 1) % len(chosen)

    def adapt(model):
        tools.apply_lora(model, base.targets, base.rank, base.alpha)
        tune(model, "lora", base.house_style)

    def shrink(model):
        for block in model.transformer.h:
            found = {name: layer for name, layer in block.named_modules() if name in LAYERS}
            for name, layer in found.items():
                linear = as_linear(layer, LAYERS[name] * model.config.hidden_size)
                block.set_submodule(name, tools.QuantizedLinear(linear, base.bits, base.block_size))

    work = {
        "pretraining": lambda model: None,
        "sft": lambda model: tune(model, "sft", base.demonstrations),
        "alignment": align,
        "lora": adapt,
        "quantization": shrink,
    }
    model = copy.deepcopy(base.model)
    reports = {}
    for stage in base.track(RUN, "the pipeline"):
        report = reports[stage] = {"state": "run", "missing": [n for n in TOOLS[stage] if not getattr(tools, n)]}
        before = copy.deepcopy(model)
        if stage == "pretraining":
            before = base.model
            if stage in skip:
                model = type(base.model)(copy.deepcopy(base.model.config))
        elif stage == "sft" and tools.add_chat_tokens is not None:
            tools.add_chat_tokens(model, tokenizer)
        if report["missing"]:
            report["state"] = "missing"
        if stage in skip:
            report["state"] = "skipped"
        if report["state"] == "run":
            work[stage](model)
        report["gate"] = base.gate(stage, before, model.eval(), tokenizer)
    return {"stages": reports, "tokenizer": tokenizer, "model": model}
