"""Hidden checks of `kl_divergence`."""

import math

import torch
from alignment_oracles import TOL_FP32, exact_kl, expect_dtype_kept
from torch.nn import functional as F

from autograder.checks import exercise, expect_close, fail


@exercise("kl_divergence")
def test_tokens_that_are_ruled_out(student, rng):
    p, q = rng.randn(3, 5), rng.randn(3, 5)
    kept = torch.arange(5) != 2
    expected = (p[:, kept].log_softmax(-1).exp() * (p[:, kept].log_softmax(-1) - q.log_softmax(-1)[:, kept])).sum(
        dim=-1
    )
    both = (p[:, kept].log_softmax(-1).exp() * (p[:, kept].log_softmax(-1) - q[:, kept].log_softmax(-1))).sum(dim=-1)
    expect_close(student.kl_divergence(p, q), exact_kl(p, q), what="The divergence", **TOL_FP32)
    p[:, 2] = -math.inf
    got = student.kl_divergence(p, q)
    if isinstance(got, torch.Tensor) and torch.isnan(got).any():
        fail("A token with p = 0 gives NaN: 0 · (-inf) is not 0 in floating point; such a token adds nothing.")
    expect_close(got, expected, what="The divergence where p rules a token out", **TOL_FP32)
    q[:, 2] = -math.inf
    got = student.kl_divergence(p, q)
    if isinstance(got, torch.Tensor) and torch.isnan(got).any():
        fail("A token with p = 0 gives NaN: 0 · (-inf) is not 0 in floating point; such a token adds nothing.")
    expect_close(got, both, what="The divergence where both rule a token out", **TOL_FP32)


@exercise("kl_divergence")
def test_any_number_of_leading_dimensions(student, rng):
    p, q = rng.randn(2, 3, 2, 4), rng.randn(2, 3, 2, 4)
    expected = F.kl_div(q.log_softmax(dim=-1), p.log_softmax(dim=-1), log_target=True, reduction="none").sum(dim=-1)
    expect_close(student.kl_divergence(p, q), expected, what="The divergence for four dimensions", **TOL_FP32)
    expect_dtype_kept(student.kl_divergence, (p, q), exact_kl, "The divergence", torch.bfloat16)
    lone = student.kl_divergence(p[1, 2, 0], q[1, 2, 0])
    expect_close(lone, expected[1, 2, 0], what="The divergence at one position", **TOL_FP32)


@exercise("kl_divergence")
def test_divergence_is_never_negative_and_not_symmetric(student, rng):
    p, q = 2 * rng.randn(12, 6), 2 * rng.randn(12, 6)
    both = torch.stack([exact_kl(p, q), exact_kl(q, p)])
    got = [student.kl_divergence(p, q), student.kl_divergence(q, p)]
    expect_close(
        got,
        [*both],
        what="The divergence, in one direction and in the other,",
        mistakes={
            "That is the sum of both directions; KL is not symmetric.": [both.sum(dim=0)] * 2,
            "That is the mean of both directions; KL is not symmetric.": [both.mean(dim=0)] * 2,
            "The direction is wrong: this is KL(q ‖ p).": [*both.flip(0)],
        },
        **TOL_FP32,
    )
