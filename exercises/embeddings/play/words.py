"""Words of five kinds: a plane that shows how their embeddings differ, and each one's neighbours in all dimensions."""

import torch

NEIGHBOURS = 3


@torch.no_grad()
def data(lesson):
    from autograder.backbone import load_backbone, world

    model, tokenizer = load_backbone("tiny")
    kinds = {
        "numbers": world.NUMBER_WORDS,
        "colours": world.COLOURS,
        "animals": world.ANIMALS,
        "places": world.PLACES,
        "people": world.PEOPLE,
    }
    words, ids = [], []
    for kind, names in enumerate(kinds.values()):
        for name in names:
            encoded = tokenizer(f" {name}")["input_ids"]
            if len(encoded) == 1:
                words.append([name, kind])
                ids += encoded
    trained = lesson.embed(torch.tensor(ids), model.get_input_embeddings().weight)  # (N, D)
    fresh = torch.randn(trained.shape, generator=torch.Generator().manual_seed(0))
    tables = {"learned": trained, "random, as they start": fresh}
    return {"kinds": list(kinds), "words": words, "tables": [shown(lesson, words, *table) for table in tables.items()]}


def shown(lesson, words, name, table):
    """Each word's place among all, and among those of its kind; and its nearest others by cosine."""
    places, spread = plane(table)
    maps = {"places": places, "spread": spread, "closer": [None] * len(words), "spreads": []}
    for kind in range(len({kind for _, kind in words})):
        mine = [at for at, (_, other) in enumerate(words) if other == kind]
        places, spread = plane(table[mine])
        maps["spreads"].append(spread)
        for at, place in zip(mine, places, strict=True):
            maps["closer"][at] = place
    near = [lesson.nearest_tokens(table, word, NEIGHBOURS) for word in range(len(table))]
    return {"name": name, "near": near} | maps


def plane(table):
    """Where rows stand in the plane along which they differ most, within -1 to 1, and how much of that it shows."""
    spread = table - table.mean(dim=0)
    _, lengths, axes = torch.linalg.svd(spread, full_matrices=False)
    places = spread @ axes[:2].T  # (N, 2)
    largest = places[places.abs().argmax(dim=0), [0, 1]]
    places = places * largest.sign() / largest.abs().max()  # an axis may come out either way round
    shown = (lengths[:2].square().sum() / lengths.square().sum()).item()
    return [[round(one, 3) for one in place] for place in places.tolist()], round(shown, 4)
