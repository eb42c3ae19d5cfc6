"""Checks of `load_adapter`."""

from dataclasses import replace

import torch
from lora_oracles import TOL_FP32, entries, expect_misfits_refused, load_drawn, output_of_two

from autograder.checks import exercise, expect_close, fail


@exercise("load_adapter", points=2)
def test_a_loaded_adapter_computes_what_the_saved_one_did(student, rng):
    double = torch.float64
    (loaded,) = load_drawn(
        student, rng, ("nothing", 0), draw=lambda *size: rng.randn(*size, dtype=double), dtype=double
    )
    loaded.expect_no_error()
    result, saved = loaded.result, entries(loaded.saved)
    if result["held"].shape == saved.shape and not torch.equal(result["held"], saved):
        if torch.allclose(result["held"], saved, rtol=0.01, atol=0.01):
            fail("The adapter is loaded in a lower precision; it must be the saved one bit for bit.")
    loaded.expect_output()
    loaded.expect_modes_and_gradients()

    loaded.expect_base_kept()

    # Training goes on: `step` is added to what was trainable before loading
    moved = [replace(layer, A=layer.A + loaded.step, B=layer.B + loaded.step) for layer in loaded.saved]
    expect_close(
        result["stepped"],
        output_of_two(moved, loaded.x),
        what="The output after loading and a training step",
        mistakes={
            "Loading replaces the parameters, so an optimizer that was made before trains tensors that nobody uses.": (
                output_of_two(loaded.saved, loaded.x)
            )
        },
        **TOL_FP32,
    )
    if not torch.equal(result["state later"], result["state"]):
        fail("The model shares memory with the state it was loaded from, so training changes the saved one.")


@exercise("load_adapter")
def test_an_adapter_of_another_rank_is_an_error(student, rng):
    for damage, ranks in rng.permutation([("rank", (1, 3)), ("nothing", (2, 2))]):
        expect_misfits_refused(student, rng, (damage, 0), ranks=ranks)


@exercise("load_adapter")
def test_loading_changes_the_adapter_only(student, rng):
    (loaded,) = load_drawn(student, rng, ("nothing", 0), ranks=(3, 3))
    loaded.expect_no_error()
    result, saved = loaded.result, entries(loaded.saved)
    loaded.expect_output()
    loaded.expect_base_kept()
    if not torch.equal(result["state"], saved):
        fail("Loading changes the state it loads from, so that it can't be loaded again.")


@exercise("load_adapter")
def test_an_adapter_with_too_much_or_too_little_is_an_error(student, rng):
    expect_misfits_refused(
        student, rng, ("missing", -1), ("unexpected", 0), ("transposed", 0), ("transposed", -1), ("nothing", 0)
    )
