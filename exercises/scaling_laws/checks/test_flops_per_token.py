"""Checks of `flops_per_token`."""

from scaling_laws_oracles import expect_flops, flops_of

from autograder.checks import exercise, expect_close


def drawn(rng):
    """Sizes of a small model, no two of them the same."""
    width = rng.randint(20, 60)
    return 12 * 5 * width**2 + rng.randint(1000, 9000), rng.randint(3, 9), width, rng.randint(70, 200)


@exercise("flops_per_token")
def test_flops_of_training(student, rng):
    expect_flops(student, [(100, 2, 3, 5, True), (*drawn(rng), True), (124_439_808, 12, 768, 1024, True)])


@exercise("flops_per_token")
def test_flops_of_reading(student, rng):
    expect_flops(student, [(100, 2, 3, 5, False), (*drawn(rng), True), (*drawn(rng), False)])


@exercise("flops_per_token")
def test_training_is_the_default(student, rng):
    sizes, others = drawn(rng), drawn(rng)
    expect_flops(student, [sizes, (*others, False), others])
    expect_close(student.flops_per_token(*sizes, training=False), flops_of(*sizes, False), what="The FLOPs of reading")
