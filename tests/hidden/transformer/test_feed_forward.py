"""Hidden checks of `feed_forward`."""

import torch
from torch import nn
from transformer_oracles import (
    TOL_BF16,
    TOL_FP32,
    expect_gradients,
    expect_network,
    expect_result,
    network,
    network_call,
    network_mistakes,
)

from autograder import builders
from autograder.checks import exercise, expect_close


@exercise("feed_forward")
def test_it_is_two_linear_layers_with_gelu_between(student, rng):
    call = network_call(rng, 3, 4, 6, 24)
    x, w_in, b_in, w_out, b_out = call
    layers = nn.Sequential(builders.linear(w_in.T, b_in), nn.GELU("tanh"), builders.linear(w_out.T, b_out))
    with torch.no_grad():
        expected = layers(x)
    got = student.feed_forward(*call)
    expect_close(got, expected, what="What nn.Sequential gives", mistakes=network_mistakes(*call), **TOL_FP32)


@exercise("feed_forward")
def test_it_is_hugging_faces_network(student, rng):
    layer = builders.tiny_gpt2(rng.randint(0, 1 << 30), width=12, layers=1).transformer.h[0].mlp
    x = 3 * rng.randn(2, 3, 12)
    with torch.no_grad():
        layer.c_fc.weight.mul_(6)
        layer.c_proj.weight.mul_(6)
        expected = layer(x)
    weights = [one.detach() for part in (layer.c_fc, layer.c_proj) for one in (part.weight, part.bias)]
    call = (x, *weights)
    got = student.feed_forward(*call)
    expect_close(got, expected, what="What a tiny GPT-2's network gives", mistakes=network_mistakes(*call), **TOL_FP32)


@exercise("feed_forward")
def test_a_token_goes_through_alone_as_among_others(student, rng):
    x, *weights = network_call(rng, 3, 5, 6, 11)
    right = network(x, *weights)
    at = rng.randint(1, 4)
    for some in rng.permutation(((slice(None), slice(at, at + 1)), (slice(1, 2), slice(None)), ([2, 0, 1], slice(2)))):
        expect_close(
            student.feed_forward(x[some], *weights),
            right[some],
            what="What some of the tokens give by themselves",
            mistakes=network_mistakes(x[some], *weights),
            **TOL_FP32,
        )
    expect_network(student, (x, *weights), "What the network gives for three texts")


@exercise("feed_forward")
def test_networks_in_every_dtype_and_width(student, rng):
    for inner in rng.permutation((1, 2, 6, 40)):
        expect_network(student, network_call(rng, 2, 3, 6, inner), "What a network of any inner width gives")
    for dtype, tolerance in rng.permutation(((torch.float64, TOL_FP32), (torch.bfloat16, TOL_BF16))):
        call = [(0.4 * one).to(dtype) for one in network_call(rng, 2, 3, 4, 9)]
        expect_result(student.feed_forward(*call), network(*call), "What the network gives", tolerance=tolerance)


@exercise("feed_forward")
def test_gradients_of_a_narrow_network(student, rng):
    call = list(network_call(rng, 1, 4, 6, 2))
    expect_gradients(student, "feed_forward", network, call, rng.randn(1, 4, 6), network_mistakes(*call))
