"""Checks of `normalize_layer`."""

import torch
from transformer_oracles import expect_gradients, expect_normed, norm_mistakes, normed

from autograder.checks import exercise, expect_close, fail

ANY = "It raises an error for another number of dimensions than three; any is legal."
EARLIER = "What an earlier call was given is used again."


def vectors(rng, *shape):
    """Vectors, each with a mean and a spread of its own, a gain and a bias."""
    width = shape[-1]
    x = rng.randn(*shape)
    x = (x - x.mean(-1, keepdim=True)) / x.std(-1, keepdim=True, correction=0)
    x = x * (0.6 + 2 * rng.rand(*shape[:-1], 1)) + 3 * rng.randn(*shape[:-1], 1)
    return x, 1 + 0.5 * rng.randn(width), rng.randn(width)


@exercise("normalize_layer", points=2)
def test_normalize_layer_docstring_example(student, rng):
    expect_normed(student, torch.tensor([1.0, 2, 3, 4]), torch.ones(4), torch.zeros(4), "The docstring's vector")
    expect_normed(student, *vectors(rng, 2, 3, 7), "The normalized vectors")


@exercise("normalize_layer")
def test_eps_stands_under_the_root(student, rng):
    x, gain, bias = vectors(rng, 2, 4, 6)
    for eps in rng.permutation((0.1 + float(rng.rand()), 2.0 + float(rng.rand()))):
        expect_normed(student, x, gain, bias, "The vectors with a large eps", eps)
    # a spread of a thousandth, where the eps of 1e-5 counts
    expect_normed(student, 0.003 * rng.randn(3, 5, 6) + 0.1, gain, bias, "Vectors of a small spread")


@exercise("normalize_layer")
def test_equal_numbers_give_the_bias(student, rng):
    _, gain, bias = vectors(rng, 2, 3, 8)
    x = rng.randn(2, 3, 8)
    x[0, 1], x[1, 2] = 0.0, 4.0
    got = student.normalize_layer(x, gain, bias)
    if isinstance(got, torch.Tensor) and got.dtype.is_floating_point and not got.isfinite().all():
        fail("A vector of equal numbers gives NaN; eps keeps it from dividing by 0.")
    expect_normed(student, x, gain, bias, "Vectors of which some have equal numbers")


@exercise("normalize_layer")
def test_any_number_of_dimensions(student, rng):
    for shape in rng.permutation(((6,), (4, 6), (2, 3, 5, 6), (1, 1, 6), (3, 2, 9))):
        expect_normed(student, *vectors(rng, *shape), "The normalized vectors", legal=ANY)


@exercise("normalize_layer")
def test_vectors_far_from_0(student, rng):
    gain, bias = torch.ones(8), torch.zeros(8)
    x = rng.randn(4, 5, 8) + 1000 * rng.choice([1, -1])
    expect_close(
        student.normalize_layer(x, gain, bias),
        normed(x, gain, bias),
        what="Vectors far from 0, normalized,",
        mistakes=norm_mistakes(x, gain, bias, also={FAR: lambda: from_squares(x)}),
        rtol=0,
        atol=5e-3,  # fp32 numbers near 1,000 are 6e-5 apart
    )


FAR = "Vectors far from 0 lose their digits: the mean of the squares less the square of the mean rounds them away."


def from_squares(x):
    """What the variance as a difference of squares gives, in the way it is mostly written."""
    mean = x.mean(-1, keepdim=True)
    return (x - mean) / ((x**2).mean(-1, keepdim=True) - mean**2 + 1e-5).sqrt()


@exercise("normalize_layer")
def test_the_gradient_goes_through_mean_and_variance(student, rng):
    x, gain, bias = vectors(rng, 2, 3, 5)
    upstream = rng.randn(2, 3, 5)
    expect_gradients(student, "normalize_layer", normed, [x, gain, bias], upstream, norm_mistakes(x, gain, bias))


@exercise("normalize_layer")
def test_vectors_are_those_of_this_call(student, rng):
    first, second = vectors(rng, 2, 3, 13), vectors(rng, 2, 3, 13)
    expect_normed(student, *first, "The vectors of one call")
    for at in rng.permutation(range(3)):
        call = list(first)
        call[at] = second[at]
        expect_normed(student, *call, "The vectors of another call", also={EARLIER: normed(*first)})
    expect_normed(student, *(one.double() for one in second), "The vectors in fp64")


@exercise("normalize_layer")
def test_twice_as_much_gives_the_same(student, rng):
    x, gain, bias = vectors(rng, 2, 4, 6)
    x = 20 * x
    right = normed(x, gain, bias)
    for factor, shift in ((2, 0), (1, rng.randint(5, 20)), (rng.randint(3, 9), -4)):
        expect_close(
            student.normalize_layer(factor * x + shift, gain, bias),
            right,
            what="What was doubled or moved, normalized,",
            mistakes=norm_mistakes(factor * x + shift, gain, bias),
            rtol=1e-3,
            atol=1e-3,
        )
