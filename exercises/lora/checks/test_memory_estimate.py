"""Checks of `memory_estimate`."""

import itertools
from functools import partial

from lora_oracles import expect_refused_and_taken, parts

from autograder.checks import AnyOf, exercise, expect_accepted, expect_close

FEW_BITS = "The adapter is counted at weight_bits, but its weights are never stored in fewer than 16."
SOME_METHODS = "Scales are counted for some methods only; with a block_size every method has them."


@exercise("memory_estimate")
def test_full_finetuning_takes_12_bytes_a_parameter(student, rng):
    for n in (100, rng.randint(1_000, 10_000)):  # the docstring's example first
        expect_close(
            student.memory_estimate(n),
            parts(2 * n, 0, 2 * n, 8 * n, 0),
            what="The estimate of full finetuning",
            mistakes={
                "Adam keeps two numbers a parameter, m and v; one of them is missing.": parts(
                    2 * n, 0, 2 * n, 4 * n, 0
                ),
                "It counts bits as if they were bytes.": parts(16 * n, 0, 16 * n, 64 * n, 0),
                "The optimizer's state is not counted.": parts(2 * n, 0, 2 * n, 0, 0),
                "Adam's state is counted for m and v once more, although optimizer_bits holds both.": parts(
                    2 * n, 0, 2 * n, 16 * n, 0
                ),
                "The total leaves the optimizer out.": {**parts(2 * n, 0, 2 * n, 8 * n, 0), "total": 4 * n},
            },
            advice="Bits become bytes when you divide by 8; every parameter has a gradient and Adam's m and v.",
        )
    adapter = rng.randint(50, 90)
    expect_close(
        student.memory_estimate(n, adapter_params=adapter),
        parts(2 * n, 0, 2 * n, 8 * n, 0),
        what="The estimate of full finetuning when adapter_params is given",
        mistakes={
            "The adapter is counted although this method has none.": parts(2 * n, 0, 2 * n, 8 * n, 2 * adapter),
            "The adapter is trained although this method has none.": AnyOf(
                parts(2 * n, 0, 2 * (n + adapter), 8 * (n + adapter), 0), parts(2 * n, 0, 2 * adapter, 8 * adapter, 0)
            ),
        },
    )
    expect_close(
        student.memory_estimate(n, gradient_bits=0, optimizer_bits=0),
        parts(2 * n, 0, 0, 0, 0),
        what="The estimate with gradients and an optimizer of 0 bits",
        mistakes={
            "optimizer_bits=0 is taken for Adam's 64; plain SGD keeps nothing.": AnyOf(
                parts(2 * n, 0, 0, 8 * n, 0), parts(2 * n, 0, 2 * n, 8 * n, 0)
            ),
            "gradient_bits=0 is taken for 16.": parts(2 * n, 0, 2 * n, 0, 0),
        },
    )


@exercise("memory_estimate")
def test_inference_needs_weights_only(student, rng):
    n = rng.randint(1_000, 10_000)
    expect_close(
        student.memory_estimate(n, "inference"),
        parts(2 * n, 0, 0, 0, 0),
        what="The estimate for inference",
        mistakes={
            "A part is counted that isn't asked for: the keys are those of the docstring.": AnyOf(
                *({**parts(2 * n, 0, 0, 0, 0), key: 0} for key in ("activations", "kv_cache", "cache", "buffers"))
            ),
            "Inference has no gradients, but they are counted.": lambda: parts(2 * n, 0, 2 * n, 0, 0),
            "Inference is counted like training.": lambda: parts(2 * n, 0, 2 * n, 8 * n, 0),
        },
    )
    adapter = rng.randint(50, 90)
    expect_close(
        student.memory_estimate(n, "inference", adapter_params=adapter),
        parts(2 * n, 0, 0, 0, 0),
        what="The estimate for inference when adapter_params is given",
        mistakes={
            "The adapter is counted although this method has none.": parts(2 * n, 0, 0, 0, 2 * adapter),
            "The adapter is counted and trained although this method has none.": (
                parts(2 * n, 0, 2 * adapter, 8 * adapter, 2 * adapter)
            ),
        },
    )
    scales = 4 * -(-n // 64)
    expect_close(
        student.memory_estimate(n, "inference", weight_bits=4, block_size=64),
        parts(n / 2, scales, 0, 0, 0),
        what="The estimate for inference of a quantized model",
        mistakes={
            SOME_METHODS: parts(n / 2, 0, 0, 0, 0),
            "The scales of the quantized blocks are forgotten.": parts(n / 2, 0, 0, 0, 0),
            "The total leaves the scales out.": {**parts(n / 2, scales, 0, 0, 0), "total": n / 2},
        },
    )
    with expect_accepted("A model of no parameters is rejected; only negative counts are errors.", "ValueError"):
        nothing = student.memory_estimate(0, "inference")
    expect_close(nothing, parts(0, 0, 0, 0, 0), what="The estimate for a model of no parameters")


@exercise("memory_estimate")
def test_lora_trains_the_adapter_only(student, rng):
    n, adapter = rng.randint(5_000, 9_000), rng.randint(50, 90)
    expect_close(
        student.memory_estimate(n, "lora", adapter_params=adapter),
        parts(2 * n, 0, 2 * adapter, 8 * adapter, 2 * adapter),
        what="The estimate for lora",
        mistakes={
            "Frozen weights have no gradients, but they are counted.": parts(
                2 * n, 0, 2 * (n + adapter), 8 * adapter, 2 * adapter
            ),
            "Gradients are counted for the frozen weights instead of the adapter.": parts(
                2 * n, 0, 2 * n, 8 * adapter, 2 * adapter
            ),
            "The optimizer keeps no state for frozen weights, but it is counted.": parts(
                2 * n, 0, 2 * adapter, 8 * n, 2 * adapter
            ),
            "lora is counted as if everything were trained.": parts(2 * n, 0, 2 * n, 8 * n, 2 * adapter),
            "The adapter's own weights are not counted.": parts(2 * n, 0, 2 * adapter, 8 * adapter, 0),
            "The adapter is counted in place of the frozen model.": parts(
                2 * adapter, 0, 2 * adapter, 8 * adapter, 2 * adapter
            ),
        },
        advice="The frozen weights still have to be there; only the adapter has gradients and optimizer state.",
    )
    expect_close(
        student.memory_estimate(n, "lora", weight_bits=32, adapter_params=adapter),
        parts(4 * n, 0, 2 * adapter, 8 * adapter, 4 * adapter),
        what="The estimate for lora with 32-bit weights",
        mistakes={
            "The adapter is counted at 16 bits even beside 32-bit weights.": (
                parts(4 * n, 0, 2 * adapter, 8 * adapter, 2 * adapter)
            ),
        },
    )
    expect_close(
        student.memory_estimate(n, "lora", weight_bits=8, adapter_params=adapter),
        parts(n, 0, 2 * adapter, 8 * adapter, 2 * adapter),
        what="The estimate for lora with 8-bit weights",
        mistakes={FEW_BITS: parts(n, 0, 2 * adapter, 8 * adapter, adapter)},
    )
    scales = 4 * -(-n // 64)
    settings = {"weight_bits": 8, "adapter_params": adapter, "block_size": 64}
    rest = {
        "inference": (0, 0, 0),
        "lora": (2 * adapter, 8 * adapter, 2 * adapter),
        "qlora": (2 * adapter, 8 * adapter, 2 * adapter),
        "full": (2 * n, 8 * n, 0),
    }

    def with_scales(*methods):
        """The estimate by method, where only these have scales."""
        return {method: parts(n, scales * (method in methods), *others) for method, others in rest.items()}

    some = [methods for count in (1, 2, 3) for methods in itertools.combinations(rest, count)]
    expect_close(
        {method: student.memory_estimate(n, method, **settings) for method in rest},
        with_scales(*rest),
        what="The estimates of each method with a block_size",
        mistakes={
            "The scales of the quantized blocks are forgotten.": with_scales(),
            SOME_METHODS: AnyOf(*(with_scales(*methods) for methods in some)),
        },
    )


@exercise("memory_estimate")
def test_qlora_stores_four_bits_and_scales(student, rng):
    drawn = rng.randint(3, 20)
    for n, adapter, blocks in ((100, 10, 2), (64 * drawn - rng.randint(5, 40), rng.randint(50, 90), drawn)):
        expected = parts(n / 2, 4 * blocks, 2 * adapter, 8 * adapter, 2 * adapter)
        expect_close(
            student.memory_estimate(n, "qlora", weight_bits=4, adapter_params=adapter, block_size=64),
            expected,
            what="The docstring's example of qlora" if n == 100 else "The estimate of qlora",
            mistakes={
                "The adapter's weights are put into blocks too; block_size is about the model's.": {
                    **expected,
                    "scales": (scales := 4 * -(-(n + adapter) // 64)),
                    "total": expected["total"] - 4 * blocks + scales,
                },
                **{
                    sentence: {**expected, "scales": scales, "total": expected["total"] - 4 * blocks + scales}
                    for sentence, scales in {
                        "The scales of the quantized blocks are forgotten.": 0,
                        "The last, ragged block has a scale too, but it is not counted.": 4 * (blocks - 1),
                        "Scales are counted as a fraction of a block; the last, ragged block needs a whole one.": (
                            4 * n / 64
                        ),
                    }.items()
                },
                FEW_BITS: parts(n / 2, 4 * blocks, 2 * adapter, 8 * adapter, adapter / 2),
                "The total leaves the scales out.": {**expected, "total": expected["total"] - 4 * blocks},
            },
        )
    n = 8 * rng.randint(10, 100)
    with expect_accepted("qlora is rejected with weights of fewer than 16 bits.", "ValueError"):
        estimate = student.memory_estimate(n, "qlora", weight_bits=15)
    expect_close(estimate, parts(n * 15 / 8, 0, 0, 0, 0), what="The estimate of qlora with 15 bits")
    with expect_accepted("A block of one weight is rejected; only a block_size below 1 is an error.", "ValueError"):
        estimate = student.memory_estimate(n, "qlora", weight_bits=8, block_size=1)
    expect_close(
        estimate,
        parts(n, 4 * n, 0, 0, 0),
        what="The estimate with a scale for every weight",
        mistakes={"A scale too many is counted when the blocks fit exactly.": parts(n, 4 * (n + 1), 0, 0, 0)},
    )
    expect_close(
        student.memory_estimate(n + 1, "inference", weight_bits=4),
        parts((n + 1) / 2, 0, 0, 0, 0),
        what="The estimate for an odd number of 4-bit weights",
        mistakes={
            "Bytes are rounded to whole ones; half a byte counts as 0.5.": AnyOf(
                parts(n // 2, 0, 0, 0, 0), parts(n // 2 + 1, 0, 0, 0, 0)
            ),
        },
    )


@exercise("memory_estimate")
def test_an_unknown_method_is_an_error(student, rng):
    n, method = rng.randint(1_000, 10_000), rng.choice(["lorra", "adapter", "train", "int8"])
    expect_refused_and_taken(
        rng,
        [("memory_estimate with a method that doesn't exist", partial(student.memory_estimate, n, method))],
        partial(student.memory_estimate, n),
        parts(2 * n, 0, 2 * n, 8 * n, 0),
        what="The estimate of full finetuning",
    )


@exercise("memory_estimate")
def test_counts_and_blocks_that_make_no_sense(student, rng):
    n, adapter = rng.randint(1_000, 10_000), rng.randint(50, 90)
    estimate = student.memory_estimate
    expect_refused_and_taken(
        rng,
        [
            ("memory_estimate with a negative n_params", partial(estimate, -n)),
            ("memory_estimate with a negative adapter_params", partial(estimate, n, "lora", adapter_params=-adapter)),
            ("memory_estimate with a negative adapter_params", partial(estimate, n, adapter_params=-adapter)),
            ("memory_estimate with -1 parameters", partial(estimate, -1)),
            ("memory_estimate with -1 adapter_params", partial(estimate, n, "lora", adapter_params=-1)),
            ("memory_estimate with block_size 0", partial(estimate, n, "inference", block_size=0)),
            ("qlora with 16-bit weights", partial(estimate, n, "qlora", adapter_params=adapter)),
        ],
        partial(estimate, n, "lora", adapter_params=adapter),
        parts(2 * n, 0, 2 * adapter, 8 * adapter, 2 * adapter),
        what="The estimate of lora",
    )
