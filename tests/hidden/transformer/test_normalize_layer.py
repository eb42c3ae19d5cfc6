"""Hidden checks of `normalize_layer`."""

import torch
from torch.nn import functional as F
from transformer_oracles import (
    TOL_BF16,
    TOL_FP32,
    expect_gradients,
    expect_normed,
    expect_result,
    norm_mistakes,
    normed,
)

from autograder.checks import exercise, expect_close


def vectors(rng, *shape):
    """Vectors, each with a mean and a spread of its own, a gain and a bias."""
    width = shape[-1]
    x = rng.randn(*shape)
    x = (x - x.mean(-1, keepdim=True)) / x.std(-1, keepdim=True, correction=0)
    x = x * (0.6 + 2 * rng.rand(*shape[:-1], 1)) + 2 * rng.randn(*shape[:-1], 1)
    return x, 1 + 0.5 * rng.randn(width), rng.randn(width)


@exercise("normalize_layer")
def test_it_is_torchs_own_norm(student, rng):
    for eps in rng.permutation((None, 1e-12, 0.3, 5.0)):
        x, gain, bias = vectors(rng, 3, 4, 9)
        arguments = (x, gain, bias) if eps is None else (x, gain, bias, eps)
        expect_close(
            student.normalize_layer(*arguments),
            F.layer_norm(x, (9,), gain, bias, 1e-5 if eps is None else eps),
            what="The vectors that F.layer_norm normalizes as well",
            mistakes=norm_mistakes(*arguments),
            **TOL_FP32,
        )


@exercise("normalize_layer")
def test_tiny_and_equal_and_large_numbers(student, rng):
    gain, bias = 1 + 0.5 * rng.randn(6), rng.randn(6)
    for size in rng.permutation((1e-4, 3e-3, 1e4)):
        expect_normed(student, size * rng.randn(2, 3, 6), gain, bias, "Vectors of a tiny or a large spread")
    equal = torch.full((2, 3, 6), float(rng.randint(1, 9)))
    expect_normed(student, equal, gain, bias, "Vectors of equal numbers")
    mixed = rng.randn(2, 3, 6)
    mixed[1] = -7.0
    expect_normed(student, mixed, gain, bias, "Vectors of which some have equal numbers", 1e-3)


@exercise("normalize_layer")
def test_a_mean_a_thousand_times_the_spread(student, rng):
    for mean, spread in rng.permutation(((50.0, 0.05), (-3000.0, 3.0), (1000.0, 1.0))):
        x, gain, bias = mean + spread * rng.randn(3, 4, 16), 1 + 0.2 * rng.randn(16), rng.randn(16)
        got = student.normalize_layer(x, gain, bias)
        mistakes = norm_mistakes(x, gain, bias)
        expect_close(got, normed(x, gain, bias), what="Vectors far from 0", mistakes=mistakes, rtol=0, atol=1e-2)


@exercise("normalize_layer")
def test_a_vector_doesnt_depend_on_others(student, rng):
    x, gain, bias = vectors(rng, 3, 5, 4)
    right = normed(x, gain, bias)
    for some in rng.permutation(((slice(1, 2), slice(None)), (slice(None), slice(2, 4)), (0, 3), (2, slice(0, 1)))):
        expect_close(
            student.normalize_layer(x[some], gain, bias),
            right[some],
            what="Some of the vectors by themselves",
            mistakes=norm_mistakes(x[some], gain, bias),
            **TOL_FP32,
        )
    expect_normed(student, x, gain, bias, "All of the vectors")


@exercise("normalize_layer")
def test_norms_in_every_dtype_and_shape(student, rng):
    for dtype, tolerance in rng.permutation(((torch.float64, TOL_FP32), (torch.bfloat16, TOL_BF16))):
        arguments = [one.to(dtype) for one in vectors(rng, 2, 3, 8)]
        got = student.normalize_layer(*arguments)
        expect_result(got, normed(*arguments), "The vectors in another dtype", tolerance=tolerance)
    for shape in rng.permutation(((7,), (1, 7), (2, 2, 2, 2, 3), (4, 1, 2))):
        expect_normed(student, *vectors(rng, *shape), "Vectors of any number of dimensions")


@exercise("normalize_layer")
def test_gradients_of_vectors_with_a_large_eps(student, rng):
    x, gain, bias = vectors(rng, 4, 6)
    arguments = [x, gain, bias, 0.5]
    upstream = rng.randn(4, 6)
    expect_gradients(student, "normalize_layer", normed, arguments, upstream, norm_mistakes(*arguments))
