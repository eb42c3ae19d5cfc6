"""Handlers in a dict of closures, and a fresh-weights model that is built from a config made from its dict."""

import copy


def run_pipeline(tools, base, skip=()):
    skip = list(skip)
    if not set(skip) <= set(RUN):
        raise ValueError(f"not among the stages {RUN}: {[s for s in skip if s not in RUN]}")
    import torch

    tok = copy.deepcopy(base.tokenizer)
    here = {"model": copy.deepcopy(base.model)}

    class Batches(torch.utils.data.DataLoader):
        def __init__(self, talks):
            super().__init__(
                list(talks),
                batch_size=base.batch_size,
                shuffle=False,
                collate_fn=lambda xs: tools.collate_chats([tools.encode_chat(x, tok) for x in xs], tok.pad_token_id),
            )

    def talk(pair, side):
        return [dict(role="user", content=pair["prompt"]), dict(role="assistant", content=pair[side])]

    def supervise(model, stage, data):
        parameters = [p for p in model.parameters() if p.requires_grad or stage != "lora"]
        tools.train_sft(
            model, list(Batches(data)), torch.optim.AdamW(parameters, lr=base.rates[stage]), base.steps[stage]
        )

    def align(model):
        frozen = copy.deepcopy(model)
        frozen.requires_grad_(False)
        good, bad = (list(Batches([talk(p, s) for p in base.preferences])) for s in ("chosen", "rejected"))
        opt = torch.optim.AdamW(params=model.parameters(), lr=base.rates["alignment"])
        done = 0
        while done < base.steps["alignment"]:
            for c, r in zip(good, bad, strict=True):
                if done == base.steps["alignment"]:
                    break
                tools.dpo_step(model, frozen, {"rejected": r, "chosen": c}, opt, base.beta)
                done += 1

    def adapt(model):
        tools.apply_lora(model, base.targets, base.rank, base.alpha)
        supervise(model, "lora", base.house_style)

    def shrink(model):
        d = model.config.hidden_size
        for block in model.transformer.h:
            for name in LAYERS:
                block.set_submodule(
                    name,
                    tools.QuantizedLinear(
                        as_linear(block.get_submodule(name), LAYERS[name] * d), base.bits, base.block_size
                    ),
                )

    work = {
        "pretraining": lambda m: None,
        "sft": lambda m: supervise(m, "sft", base.demonstrations),
        "alignment": align,
        "lora": adapt,
        "quantization": shrink,
    }
    stages = {}
    for stage in base.track(RUN, "the pipeline"):
        was = copy.deepcopy(here["model"]) if stage != "pretraining" else base.model
        missing = [t for t in TOOLS[stage] if getattr(tools, t, None) is None]
        state = "skipped" if stage in skip else ("run", "missing")[bool(missing)]
        if (stage, state) == ("pretraining", "skipped"):
            here["model"] = type(base.model)(
                type(base.model.config).from_dict(copy.deepcopy(base.model.config.to_dict()))
            )
        if stage == "sft" and tools.add_chat_tokens:
            tools.add_chat_tokens(here["model"], tok)
        if state == "run":
            work[stage](here["model"])
        here["model"].eval()
        stages[stage] = dict(gate=base.gate(stage, was, here["model"], tok), missing=missing, state=state)
    return {"stages": stages, "tokenizer": tok, **here}
