"""Tables are built on the meta device and counted."""


def input_parameters(vocab, positions, width, tied=True):
    with torch.device("meta"):
        tables = {"tokens": torch.nn.Embedding(vocab, width), "positions": torch.nn.Embedding(positions, width)}
        tables["output"] = None if tied else torch.nn.Linear(width, vocab, bias=False)
    counts = {name: 0 if one is None else one.weight.numel() for name, one in tables.items()}
    counts["total"] = sum(counts.values())
    return counts
