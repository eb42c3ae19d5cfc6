"""Checks of `feed_forward`."""

import torch
from transformer_oracles import (
    doubled,
    expect_gradients,
    expect_network,
    network,
    network_call,
    network_mistakes,
)

from autograder.checks import exercise

ANY = "It raises an error for a network that isn't 4 D wide inside; any F is legal."
EARLIER = "What an earlier call was given is used again."


@exercise("feed_forward", points=2)
def test_feed_forward_docstring_example(student, rng):
    numbers = ([[[3.0]]], [[1.0, -1]], [0.0, 2], [[10.0], [1]], [5.0])
    expect_network(student, tuple(map(torch.tensor, numbers)), "What the docstring's network gives")
    expect_network(student, network_call(rng, 2, 5, 6, 24), "What the network gives for two texts")


@exercise("feed_forward")
def test_the_network_is_as_wide_as_its_weights(student, rng):
    for inner in rng.permutation((3, 7, 8, 17)):
        expect_network(student, network_call(rng, 2, 4, 5, inner), "What a network gives", legal=ANY)
    expect_network(student, network_call(rng, 1, 1, 4, 1), "What a network gives for one token")


@exercise("feed_forward")
def test_each_position_goes_through_by_itself(student, rng):
    x, *weights = network_call(rng, 2, 5, 6, 9)
    order = rng.permutation(range(5))
    for some in rng.permutation((x, x[:, order], x[:, 1:3], x.flip(0))):
        expect_network(student, (some, *weights), "What the network gives for tokens in another order")


@exercise("feed_forward")
def test_the_gradient_of_the_network_reaches_everything(student, rng):
    call = list(network_call(rng, 2, 3, 4, 7))
    expect_gradients(student, "feed_forward", network, call, rng.randn(2, 3, 4), network_mistakes(*call))


@exercise("feed_forward")
def test_the_network_is_that_of_this_call(student, rng):
    first, second = network_call(rng, 2, 3, 4, 6), network_call(rng, 2, 3, 4, 6)
    expect_network(student, first, "What one network gives")
    for at in rng.permutation(range(5)):
        call = list(first)
        call[at] = second[at]
        expect_network(student, tuple(call), "What another network gives", also={EARLIER: network(*first)})
    expect_network(student, tuple(doubled(*second)), "What the network gives in fp64")
