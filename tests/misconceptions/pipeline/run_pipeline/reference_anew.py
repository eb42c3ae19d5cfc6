"""The reference moves along with the policy; it is one copy, made before the first step."""


def _align(tools: Any, base: Base, model: Any, tokenizer: Any) -> None:
    import torch

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
        for side in ("chosen", "rejected")
    }
    batches = [dict(zip(sides, both, strict=True)) for both in zip(*sides.values(), strict=True)]
    optimizer = torch.optim.AdamW(model.parameters(), lr=base.rates["alignment"])
    for step in range(base.steps["alignment"]):
        reference = copy.deepcopy(model).requires_grad_(False)
        tools.dpo_step(model, reference, batches[step % len(batches)], optimizer, base.beta)
