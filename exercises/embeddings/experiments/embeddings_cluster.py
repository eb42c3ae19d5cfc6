"""Words of five kinds: is the nearest other word of the same kind, in a trained table and in a random one?"""

from __future__ import annotations

import torch

from autograder.experiments import require

from ._shared import BLUE, GREY

CLAIM = "Training puts words that are used alike near each other in the table"
NEEDS = ("nearest_tokens",)
COLUMNS = ("kind", "words", "nearest of the same kind, trained", "random table")


def measure(student, backbone, seed, track):
    model, tokenizer = backbone()
    kinds = {kind: ids for kind, words in words_of_the_world().items() if (ids := single_tokens(words, tokenizer))}
    flat = [(one, kind) for kind, ids in kinds.items() for one in ids]
    require(len(flat) >= 30, f"only {len(flat)} of the words are one token of its vocabulary.")
    trained = model.get_input_embeddings().weight.detach()[[one for one, _ in flat]]  # (N, D)
    random = torch.randn(trained.shape)
    shares, total = {}, len(flat)
    for name, table in {"trained": trained, "random": random}.items():
        near = [student.nearest_tokens(table, at, 1)[0] for at in range(total)]
        same = [flat[at][1] == flat[one][1] for at, one in enumerate(near)]
        shares[name] = {kind: share(same, flat, kind) for kind in kinds} | {"all": sum(same) / total}
    sizes = {kind: len(ids) for kind, ids in kinds.items()}
    chance = sum(size * (size - 1) for size in sizes.values()) / (total * (total - 1))
    return {"share": {name: found["all"] for name, found in shares.items()}, "chance": chance, "words": total,
            "sizes": list(sizes.items()), "by_kind": list(shares.values())}  # fmt: skip


def words_of_the_world() -> dict[str, list[str]]:
    """Words that the tiny model has read, by what they name."""
    from autograder.backbone import world

    return {
        "numbers": list(world.NUMBER_WORDS),
        "colours": list(world.COLOURS),
        "animals": list(world.ANIMALS),
        "places": list(world.PLACES),
        "people": list(world.PEOPLE),
    }


def single_tokens(words: list[str], tokenizer) -> list[int]:
    """The ids of those words that are one token when they stand inside a sentence."""
    encoded = [tokenizer(f" {word}", add_special_tokens=False)["input_ids"] for word in words]
    return [ids[0] for ids in encoded if len(ids) == 1]


def share(same: list[bool], flat: list[tuple[int, str]], kind: str) -> float:
    """Of the words of one kind, the share whose neighbour is of that kind."""
    mine = [one for one, (_, other) in zip(same, flat, strict=True) if other == kind]
    return sum(mine) / len(mine)


def rows(figures):
    trained, random = figures.by_kind
    for kind, size in figures.sizes:
        yield kind, size, f"{trained[kind]:.0%}", f"{random[kind]:.0%}"


def claims(figures):
    # Five seeds: 1.00 against .12 to .17; only the random table depends on them.
    trained, random = figures.share["trained"], figures.share["random"]
    yield trained > 0.8, f"of {figures.words} words {trained:.0%} have a neighbour of their own kind"
    yield random < 0.5, f"in a random table {random:.0%} have one, and {figures.chance:.0%} are expected to"


def draw(axes, figures) -> None:
    names = [kind for kind, _ in figures.sizes]
    places = torch.arange(len(names)).tolist()
    for shift, found, colour, label in zip(
        (-0.2, 0.2), figures.by_kind, (BLUE, GREY), ("trained table", "random table"), strict=True
    ):
        axes.bar([place + shift for place in places], [found[name] for name in names], 0.4, color=colour, label=label)
    axes.axhline(figures.chance, color="grey", linestyle="--", linewidth=1)
    axes.set_xticks(places, names)
    axes.set_ylim(0, 1.25)
    axes.set_ylabel("nearest word is of the same kind")
    axes.legend(loc="upper right", ncols=2)
