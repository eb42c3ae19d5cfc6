"""Hidden checks of `unfreeze_last_blocks`."""

from classification_oracles import names_one, parts_of
from torch import nn

from autograder.checks import exercise, expect_equal, fail, probe


@probe
def unfreeze_in_turn(student, blocks, trainable, calls):
    """After each unfreeze_last_blocks(model, n): the exception and its message, and which parameters are trainable."""
    import types

    # Build a stand-in under GPT-2's names
    backbone = nn.Module()
    backbone.config = types.SimpleNamespace(n_layer=blocks, num_hidden_layers=blocks, n_embd=2, hidden_size=2)
    backbone.wte = nn.Embedding(3, 2)
    backbone.h = nn.ModuleList(nn.ModuleDict({"ln_1": nn.LayerNorm(2), "mlp": nn.Linear(2, 2)}) for _ in range(blocks))
    backbone.ln_f = nn.LayerNorm(2)
    model = nn.Module()
    model.backbone, model.classifier = backbone, nn.Linear(2, 2)
    for name, tensor in model.named_parameters():
        tensor.requires_grad_(name.startswith(tuple(trainable)))
    found = []
    for n in calls:
        error = message = None
        try:
            student.unfreeze_last_blocks(model, n)
        except Exception as raised:
            error, message = type(raised).__name__, str(raised)
        names = [name for name, tensor in model.named_parameters() if tensor.requires_grad]
        found.append({"error": error, "message": message, "trainable": names})
    return found


@exercise("unfreeze_last_blocks")
def test_what_was_trainable_stays_so(student, rng):
    blocks = rng.randint(4, 8)
    last = [f"h.{blocks - 2}", f"h.{blocks - 1}"]
    results = student.run(unfreeze_in_turn, blocks, ["classifier", "backbone.wte", "backbone.h.0"], [2, 1, 0])
    for result in results:
        expect_equal(
            parts_of(result["trainable"]),
            ["classifier", "h.0", *last, "ln_f", "wte"],
            what="What is trainable after unfreezing the last blocks of a model in which other parts were trainable",
            mistakes={
                "It freezes what was trainable before; it must only unfreeze.": [*last, "ln_f"],
                "It freezes the other blocks; it must only unfreeze.": ["classifier", *last, "ln_f", "wte"],
                "It freezes the rest of the backbone; it must only unfreeze.": ["classifier", *last, "ln_f"],
                "It freezes the head; it must only unfreeze.": ["h.0", *last, "ln_f", "wte"],
            },
        )


@exercise("unfreeze_last_blocks")
def test_all_blocks_and_none_too_many(student, rng):
    blocks = rng.randint(3, 7)
    every_block = [f"h.{block}" for block in range(blocks)]
    (result,) = student.run(unfreeze_in_turn, blocks, [], [blocks])
    expect_equal(
        parts_of(result["trainable"]),
        [*every_block, "ln_f"],
        what="What is trainable after unfreezing every block",
        mistakes={
            "A model is taken to have 12 blocks; that is the smallest GPT-2 only.": ["ln_f"],
            "Unfreezing every block unfreezes none.": [],
            "Unfreezing every block unfreezes the final norm only.": ["ln_f"],
            "Unfreezing every block unfreezes the embeddings too.": [*every_block, "ln_f", "wte"],
        },
    )
    for n in (blocks + 1, -1):
        (result,) = student.run(unfreeze_in_turn, blocks, ["classifier"], [n])
        if result["error"] is None:
            fail("A number of blocks that the model does not have is accepted without an error.")
        if result["error"] != "ValueError":
            fail("A number of blocks that the model does not have must raise ValueError.")
        if parts_of(result["trainable"]) != ["classifier"]:
            fail("A wrong number of blocks raises an error, but changes the model first.")
        if not names_one(result["message"], [blocks]):
            fail("The error for a wrong number of blocks doesn't say how many there are.")


@exercise("unfreeze_last_blocks")
def test_any_number_of_blocks(student, rng):
    blocks = rng.randint(6, 14)
    n = rng.randint(1, blocks)
    (result,) = student.run(unfreeze_in_turn, blocks, [], [n])
    unfrozen = sorted(f"h.{block}" for block in range(blocks - n, blocks))
    expect_equal(
        parts_of(result["trainable"]),
        [*unfrozen, "ln_f"],
        what="What is trainable after unfreezing some of many blocks",
        mistakes={
            "It unfreezes one block too many.": sorted([*unfrozen, f"h.{blocks - n - 1}"]) + ["ln_f"],
            "It unfreezes one block too few.": sorted(set(unfrozen) - {f"h.{blocks - n}"}) + ["ln_f"],
            "A model is taken to have 12 blocks; that is the smallest GPT-2 only.": sorted(
                f"h.{block}" for block in range(12 - n, blocks)
            )
            + ["ln_f"],
        },
    )
    if len(result["trainable"]) != 4 * n + 2:
        fail("Of a block or of the norm only some parameters are unfrozen.")
