"""LoRA's optimizer holds frozen weights, or was made before there were adapters."""


def _train(
    tools: Any, base: Base, model: Any, tokenizer: Any, stage: str, conversations: Iterable[Conversation]
) -> None:
    import torch

    batches = _collated(tools, base, tokenizer, conversations)
    trainable = list(model.parameters())
    optimizer = torch.optim.AdamW(trainable, lr=base.rates[stage])
    tools.train_sft(model, batches, optimizer, base.steps[stage])
