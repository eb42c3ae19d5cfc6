"""One sentence, its vectors from a trained model: scores of the vectors as they are, and through one head's lenses."""

from __future__ import annotations

import random

import torch

from autograder.experiments import require

from ._shared import first_attention

CLAIM = "Raw scores are symmetric and every token finds itself; through two lenses neither is so"
NEEDS = ("attention_scores",)
COLUMNS = ("scores", "largest |S - Sᵀ| over largest |S|", "tokens that score themselves highest")

SENTENCES, LONGEST = 20, 40


def measure(student, backbone, seed, track):
    model, tokenizer = backbone()
    projections, heads = first_attention(model)
    width = projections.shape[0]
    size = width // heads
    table = model.get_input_embeddings().weight.detach()
    texts = sentences(seed, tokenizer)
    gaps: dict[str, list[float]] = {"raw": [], "projected": []}
    itself: dict[str, list[float]] = {"raw": [], "projected": []}
    first = []
    for ids in track(texts, "sentences"):
        x = torch.nn.functional.layer_norm(table[ids], (width,))  # (T, D), as a block reads it, without positions
        maps = [student.attention_scores(x, x)]
        for head in range(heads):
            w_q, w_k = (projections[:, start + head * size :][:, :size] for start in (0, width))
            maps.append(student.attention_scores(x @ w_q, x @ w_k))
        first = first or [scores.tolist() for scores in maps[:2]]
        for kind, some in (("raw", maps[:1]), ("projected", maps[1:])):
            gaps[kind] += [((scores - scores.T).abs().max() / scores.abs().max()).item() for scores in some]
            diagonal = [(scores.argmax(dim=-1) == torch.arange(len(ids))).float().mean().item() for scores in some]
            itself[kind].append(sum(diagonal) / len(some))
    return {
        "gap": {"raw_largest": max(gaps["raw"]), "projected_smallest": min(gaps["projected"])},
        "itself": {kind: sum(values) / len(values) for kind, values in itself.items()},
        "words": [tokenizer.decode([one]).strip() for one in texts[0].tolist()],
        "maps": first,
    }


def sentences(seed: int, tokenizer) -> list[torch.Tensor]:
    """The ids of short texts whose tokens are all different: equal ones would score each other as themselves."""
    from autograder.backbone.world import story

    rng, found = random.Random(f"attention:{seed}"), []
    for _ in range(50 * SENTENCES):
        ids = tokenizer(story(rng).split(". ")[0])["input_ids"]
        if 6 <= len(ids) <= LONGEST and len(set(ids)) == len(ids):
            found.append(torch.tensor(ids))
        if len(found) == SENTENCES:
            break
    require(len(found) == SENTENCES, f"only {len(found)} sentences have tokens that are all different.")
    return found


def rows(figures):
    gap, itself = figures.gap, figures.itself
    yield "of the vectors as they are", f"{gap['raw_largest']:.1e} at most", f"{itself['raw']:.0%}"
    yield "through each head's W_Q and W_K", f"{gap['projected_smallest']:.2f} at least", f"{itself['projected']:.0%}"


def claims(figures):
    # Rounding in fp32 is 1e-6 of the largest score. Five seeds: 0; .69 to .75; 1.00; .05 to .07.
    gap, itself = figures.gap, figures.itself
    yield gap["raw_largest"] < 1e-5, f"raw scores are the same both ways: {gap['raw_largest']:.1e} apart at most"
    yield gap["projected_smallest"] > 0.2, f"projected ones are {gap['projected_smallest']:.2f} apart or more"
    yield itself["raw"] > 0.95, f"raw, {itself['raw']:.0%} of the tokens score themselves highest"
    yield itself["projected"] < 0.5, f"projected, {itself['projected']:.0%} do"


def draw(axes, figures) -> None:
    """The raw scores, and beside them those of the first head, of one sentence."""
    axes.axis("off")
    words = figures.words
    for left, scores, title in ((0.1, figures.maps[0], "as they are"), (0.57, figures.maps[1], "through two lenses")):
        inset = axes.inset_axes((left, 0.12, 0.42, 0.78))
        largest = max(abs(value) for row in scores for value in row)
        inset.imshow(scores, cmap="coolwarm", vmin=-largest, vmax=largest)
        inset.set_xticks(range(len(words)), words, rotation=60, ha="right")
        inset.set_yticks(range(len(words)), words if left < 0.5 else [""] * len(words))
        inset.set_title(title, fontsize=11)
        inset.spines[:].set_visible(False)
