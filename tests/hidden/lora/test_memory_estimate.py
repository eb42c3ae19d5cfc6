"""Hidden checks of `memory_estimate`."""

from functools import partial

from lora_oracles import expect_refused_and_taken, parts

from autograder.checks import exercise, expect_close


def estimate(n, trained, adapter, weight=16, gradient=16, optimizer=64, adapter_bits=16, scales=0.0):
    """Bytes by part: how often each is stored, times its bits / 8."""
    return parts(
        weights=n * weight / 8,
        scales=scales,
        gradients=trained * gradient / 8,
        optimizer=trained * optimizer / 8,
        adapter=adapter * adapter_bits / 8,
    )


@exercise("memory_estimate")
def test_billions_of_parameters(student, rng):
    n = 64 * rng.randint(100_000_000, 200_000_000)  # 6.4 to 12.8 billion
    quantized = parts(n / 2, n / 16, 0, 0, 0)
    got = [
        student.memory_estimate(n)["total"],
        student.memory_estimate(n, optimizer_bits=96)["total"],
        student.memory_estimate(n, "inference", weight_bits=4)["total"],
    ]
    expect_close(
        got,
        [12 * n, 16 * n, n / 2],
        what="The total for billions of parameters",
        rtol=1e-9,
        mistakes={"optimizer_bits is not used; a master copy makes it 96.": [12 * n, 12 * n, n / 2]},
    )
    expect_close(
        student.memory_estimate(n, "inference", weight_bits=4, block_size=64),
        quantized,
        what="The estimate for billions of parameters of 4 bits",
        rtol=1e-9,
        mistakes={
            "Scales are counted for some methods only; with a block_size every method has them.": parts(
                n / 2, 0, 0, 0, 0
            ),
            "The scales of the quantized blocks are forgotten.": parts(n / 2, 0, 0, 0, 0),
            "The total leaves the scales out.": {**quantized, "total": n / 2},
            "A scale too many is counted when the blocks fit exactly.": parts(n / 2, n / 16 + 4, 0, 0, 0),
        },
    )


@exercise("memory_estimate")
def test_every_precision_counts(student, rng):
    n, adapter = rng.randint(5_000, 9_000), rng.randint(100, 200)
    expected = estimate(n, n, 0, 32, 32, 64)
    expect_close(
        student.memory_estimate(n, "full", 32, 32, 64),
        expected,
        what="The estimate of full finetuning in fp32",
        mistakes={
            "weight_bits is not used.": lambda: estimate(n, n, 0, 16, 32, 64),
            "gradient_bits is not used.": lambda: estimate(n, n, 0, 32, 16, 64),
            "weight_bits and gradient_bits are not used.": lambda: estimate(n, n, 0, 16, 16, 64),
        },
    )
    expect_close(
        student.memory_estimate(n, "lora", 32, 32, 64, adapter),
        estimate(n, adapter, adapter, 32, 32, 64, 32),
        what="The estimate of LoRA in fp32",
        mistakes={
            "The adapter is counted at 16 bits even beside 32-bit weights.": lambda: estimate(
                n, adapter, adapter, 32, 32, 64, 16
            ),
        },
    )


@exercise("memory_estimate")
def test_without_adapter_nothing_of_it_counts(student, rng):
    n, adapter = rng.randint(5_000, 9_000), rng.randint(100, 200)
    for method, trained in (("full", n), ("inference", 0)):
        expect_close(
            student.memory_estimate(n, method, adapter_params=adapter),
            estimate(n, trained, 0),
            what=f"The estimate of {method} when adapter_params is given",
            mistakes={
                "The adapter is counted although this method has none.": lambda t=trained: estimate(n, t, adapter),
                "The adapter is trained although this method has none.": lambda t=trained: estimate(n, t + adapter, 0),
                "The adapter is counted and trained although this method has none.": lambda t=trained: estimate(
                    n, t + adapter, adapter
                ),
            },
        )
    expect_close(student.memory_estimate(n, "lora"), estimate(n, 0, 0), what="The estimate of lora without adapters")


@exercise("memory_estimate")
def test_blocks_that_fit_exactly(student, rng):
    blocks, size = rng.randint(20, 60), rng.randint(30, 50)
    n = blocks * size
    for total, count in ((n, blocks), (n + 1, blocks + 1), (n - 1, blocks)):
        expect_close(
            student.memory_estimate(total, "inference", weight_bits=8, block_size=size),
            estimate(total, 0, 0, weight=8, scales=4.0 * count),
            what="The estimate with scales",
            mistakes={
                "Scales are counted for some methods only; with a block_size every method has them.": lambda t=total: (
                    estimate(t, 0, 0, weight=8)
                ),
                "The scales of the quantized blocks are forgotten.": lambda t=total: estimate(t, 0, 0, weight=8),
                "The last, ragged block has a scale too, but it is not counted.": lambda t=total: estimate(
                    t, 0, 0, weight=8, scales=4.0 * (t // size)
                ),
                "A scale too many is counted when the blocks fit exactly.": lambda t=total: estimate(
                    t, 0, 0, weight=8, scales=4.0 * (t // size + 1)
                ),
            },
        )


@exercise("memory_estimate")
def test_settings_that_make_no_sense(student, rng):
    n, adapter = rng.randint(100, 900), rng.randint(10, 90)
    refused = [("qlora with 32-bit weights", partial(student.memory_estimate, n, "qlora", 32))]
    for method in ("inference", "full", "lora"):
        estimate_of = partial(student.memory_estimate, method=method)
        refused += [
            ("memory_estimate with a negative n_params", partial(estimate_of, -n)),
            ("memory_estimate with a negative adapter_params", partial(estimate_of, n, adapter_params=-adapter)),
            ("memory_estimate with a negative block_size", partial(estimate_of, n, block_size=-adapter)),
        ]
    expect_refused_and_taken(
        rng,
        refused,
        partial(student.memory_estimate, n, "qlora", weight_bits=8, adapter_params=adapter),
        estimate(n, adapter, adapter, weight=8),
        what="The estimate of qlora",
    )
