"""inference_mode instead of no_grad, one list of hits, the mode restored in a finally."""


def accuracy(model, loader):
    mode = model.training
    hits = []
    try:
        model.eval()
        with torch.inference_mode():
            for batch in loader:
                logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])
                hits += logits.max(dim=1).indices.eq(batch["labels"]).tolist()
    finally:
        model.train(mode)
    if not hits:
        raise ValueError("nothing to measure")
    return sum(hits) / len(hits)
