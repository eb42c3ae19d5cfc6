"""Chosen and rejected are swapped."""


def _align(tools: Any, base: Base, model: Any, tokenizer: Any) -> None:
    import torch

    reference = copy.deepcopy(model).requires_grad_(False)
    sides = {
        side: _collated(
            tools,
            base,
            tokenizer,
            [
                [{"role": "user", "content": pair["prompt"]}, {"role": "assistant", "content": pair[side]}]
                for pair in base.preferences
            ],
        )
        for side in ("rejected", "chosen")
    }
    batches = [dict(zip(("chosen", "rejected"), both, strict=True)) for both in zip(*sides.values(), strict=True)]
    optimizer = torch.optim.AdamW(model.parameters(), lr=base.rates["alignment"])
    for step in range(base.steps["alignment"]):
        tools.dpo_step(model, reference, batches[step % len(batches)], optimizer, base.beta)
