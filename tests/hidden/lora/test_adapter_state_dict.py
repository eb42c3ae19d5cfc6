"""Hidden checks of `adapter_state_dict`."""

from torch import nn

from autograder.checks import exercise, expect_equal, fail, probe


@probe
def state_of_blocks(student, r, first, middle, last):
    """Saved sizes for two blocks whose layers have the same names, one of them a Conv1D without training yet."""
    from transformers.pytorch_utils import Conv1D

    model = nn.ModuleDict(
        {
            block: nn.ModuleDict(
                {"fc": Conv1D(middle, first), "norm": nn.LayerNorm(middle), "out": nn.Linear(middle, last)}
            )
            for block in "ab"
        }
    )
    student.apply_lora(model, ["fc", "a.out"], r, 7)
    state = student.adapter_state_dict(model)
    return {"sizes": sorted(tensor.numel() for tensor in state.values()), "names": [type(n).__name__ for n in state]}


@exercise("adapter_state_dict")
def test_every_block_is_saved(student, rng):
    r, first, middle, last = rng.randint(2, 5), rng.randint(5, 40), rng.randint(5, 40), rng.randint(5, 40)
    saved = student.run(state_of_blocks, r, first, middle, last)
    expected = [r * first, middle * r] * 2 + [r * middle, last * r]
    expect_equal(
        saved["sizes"],
        sorted(expected),
        what="The sizes of the saved tensors",
        mistakes={
            "Tensors that are still zero are not saved, but they belong to the adapter.": sorted(
                [r * first] * 2 + [r * middle]
            ),
            "Names collide between blocks, so that only the last is saved.": sorted(
                [r * first, middle * r, r * middle, last * r]
            ),
        },
    )
    if set(saved["names"]) != {"str"}:
        fail("The names of the saved tensors must be strings.")


@probe
def state_of_a_tied_head(student, r, vocabulary, width):
    """Saved sizes where the adapted layer comes last and shares its weight with an embedding, as in GPT-2."""
    model = nn.ModuleDict({"wte": nn.Embedding(vocabulary, width), "head": nn.Linear(width, vocabulary, bias=False)})
    model["head"].weight = model["wte"].weight
    student.apply_lora(model, ["head"], r, 7)
    return sorted(tensor.numel() for tensor in student.adapter_state_dict(model).values())


@exercise("adapter_state_dict")
def test_the_adapter_of_a_tied_head_is_saved(student, rng):
    r, vocabulary, width = rng.randint(2, 5), rng.randint(20, 40), rng.randint(5, 15)
    expect_equal(
        student.run(state_of_a_tied_head, r, vocabulary, width),
        sorted([r * width, vocabulary * r]),
        what="The sizes saved of an adapter beside a tied weight",
    )
