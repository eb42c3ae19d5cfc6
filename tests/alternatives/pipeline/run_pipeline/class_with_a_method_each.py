"""A class with a method for each stage, looked up by name; batches come from a generator and DPO cycles over them."""

import copy
from itertools import cycle, islice


class _Run:
    def __init__(self, tools, base):
        self.tools, self.base = tools, base
        self.model = copy.deepcopy(base.model)
        self.tokenizer = copy.deepcopy(base.tokenizer)

    def batches(self, conversations):
        coded = iter([self.tools.encode_chat(c, self.tokenizer) for c in conversations])
        while piece := list(islice(coded, self.base.batch_size)):
            yield self.tools.collate_chats(piece, self.tokenizer.pad_token_id)

    def adamw(self, parameters, stage):
        from torch.optim import AdamW

        return AdamW(list(parameters), lr=self.base.rates[stage])

    def pretraining(self):
        pass

    def sft(self):
        optimizer = self.adamw(self.model.parameters(), "sft")
        self.tools.train_sft(self.model, [*self.batches(self.base.demonstrations)], optimizer, self.base.steps["sft"])

    def alignment(self):
        reference = copy.deepcopy(self.model).eval()
        for p in reference.parameters():
            p.requires_grad = False

        def side(key):
            for pair in self.base.preferences:
                yield [dict(role="user", content=pair["prompt"]), dict(role="assistant", content=pair[key])]

        pairs = zip(self.batches(side("chosen")), self.batches(side("rejected")), strict=True)
        batches = [{"chosen": chosen, "rejected": rejected} for chosen, rejected in pairs]
        optimizer = self.adamw(self.model.parameters(), "alignment")
        for batch in islice(cycle(batches), self.base.steps["alignment"]):
            self.tools.dpo_step(self.model, reference, batch, optimizer, self.base.beta)

    def lora(self):
        base = self.base
        self.tools.apply_lora(self.model, base.targets, base.rank, base.alpha)
        optimizer = self.adamw((p for p in self.model.parameters() if p.requires_grad), "lora")
        self.tools.train_sft(self.model, list(self.batches(base.house_style)), optimizer, base.steps["lora"])

    def quantization(self):
        width = self.model.config.n_embd
        for block in self.model.transformer.h:
            for path, times in LAYERS.items():
                owner, _, child = path.rpartition(".")
                linear = as_linear(block.get_submodule(path), width * times)
                layer = self.tools.QuantizedLinear(linear, self.base.bits, self.base.block_size)
                setattr(block.get_submodule(owner), child, layer)


def run_pipeline(tools, base, skip=()):
    strangers = sorted(set(skip) - set(RUN))
    if strangers:
        raise ValueError(f"skip names what is no stage of RUN: {', '.join(strangers)}")
    run, reports = _Run(tools, base), {}
    for stage in base.track(RUN, "the pipeline"):
        before = copy.deepcopy(run.model) if reports else base.model
        missing = [tool for tool in TOOLS[stage] if getattr(tools, tool) is None]
        if stage == "pretraining" and stage in skip:
            run.model = type(base.model)(copy.deepcopy(base.model.config))
        if stage == "sft" and tools.add_chat_tokens:
            tools.add_chat_tokens(run.model, run.tokenizer)
        if stage in skip:
            state = "skipped"
        elif missing:
            state = "missing"
        else:
            getattr(run, stage)()
            state = "run"
        gate = base.gate(stage, before, run.model.eval(), run.tokenizer)
        reports[stage] = StageReport(state=state, missing=missing, gate=gate)
    return Report(model=run.model, tokenizer=run.tokenizer, stages=reports)
