"""Checks of `kl_divergence`."""

import math

import torch
from alignment_oracles import TOL_FP32, cut_off, exact_kl, expect_dtype_kept, expect_graph, with_gradients

from autograder.checks import exercise, expect_close, fail


def kl_mistakes(logits_p, logits_q):
    """Sentence → the value with that mistake."""
    log_p, log_q = logits_p.log_softmax(dim=-1), logits_q.log_softmax(dim=-1)
    expected, reverse = exact_kl(logits_p, logits_q), exact_kl(logits_q, logits_p)
    ratio = log_p - log_q
    middle = (log_p.exp() / 2 + log_q.exp() / 2).log()
    return {
        "The direction is wrong: this is KL(q ‖ p).": reverse,
        "The sign is wrong: KL is never negative.": -expected,
        "That is the mean of both directions; KL is not symmetric.": (expected + reverse) / 2,
        "That is the sum of both directions; KL is not symmetric.": expected + reverse,
        "That is the Jensen-Shannon divergence.": (
            (log_p.exp() * (log_p - middle)).sum(-1) + (log_q.exp() * (log_q - middle)).sum(-1)
        )
        / 2,
        "That is the cross-entropy; the entropy of p is missing.": -(log_p.exp() * log_q).sum(dim=-1),
        "Every token is weighted alike; each counts with its probability p.": ratio.mean(dim=-1),
        "Every token counts in full; each counts with its probability p.": ratio.sum(dim=-1),
        "The logits are used without a log_softmax.": (log_p.exp() * (logits_p - logits_q)).sum(dim=-1),
        "It averages over the vocabulary; the sum over it is wanted.": expected / logits_p.shape[-1],
        "It gives one number for all positions; each position has its own.": expected.mean(),
        "It adds up all positions; each position has its own.": expected.sum(),
        "It divides the sum by the batch (batchmean); each position has its own.": expected.sum() / len(logits_p),
        "The logarithm has base 2; natural logarithms are used everywhere here.": expected / math.log(2),
        "It does not sum over the vocabulary.": log_p.exp() * ratio,
        "Absolute values are added up; the terms of KL have signs.": (log_p.exp() * ratio).abs().sum(dim=-1),
        "That is the largest difference in log-probability, not a sum over tokens.": ratio.amax(dim=-1),
        "The weights are q instead of p.": (log_q.exp() * ratio).sum(dim=-1),
    }


@exercise("kl_divergence")
def test_kl_divergence_docstring_example(student, rng):
    p, q = torch.tensor([0.5, 0.5]).log(), torch.tensor([0.25, 0.75]).log()
    drawn = torch.tensor([0.0, 1.5]), torch.tensor([float(rng.rand(())), 0.0])
    for pair, what in (
        ((p, q), "The docstring's divergence"),
        ((q, p), "The docstring's divergence"),
        (rng.permutation(drawn), "The divergence for a vocabulary of two"),
    ):
        expect_close(
            student.kl_divergence(*pair),
            exact_kl(*pair),
            what=what,
            mistakes=kl_mistakes(*pair),
            **TOL_FP32,
        )


@exercise("kl_divergence")
def test_divergence_at_each_position(student, rng):
    p, q = 1.5 * rng.randn(2, 3, 5), 1.5 * rng.randn(2, 3, 5)
    expect_close(
        student.kl_divergence(p, q),
        exact_kl(p, q),
        what="The divergence at each position",
        mistakes=kl_mistakes(p, q),
        advice="Sum over the vocabulary only: (..., V) becomes (...).",
        **TOL_FP32,
    )
    expect_dtype_kept(student.kl_divergence, (p, q), exact_kl, "The divergence")
    q[0, 0, rng.randint(0, 5)] = -200.0  # no logit of -inf: its probability underflows, and has a logarithm
    log_q = q.double().log_softmax(dim=-1)
    expected = (p.double().softmax(dim=-1) * (p.double().log_softmax(dim=-1) - log_q)).sum(dim=-1).float()
    got = student.kl_divergence(p, q)
    infinite = {}
    if isinstance(got, torch.Tensor) and torch.isinf(got).any():
        infinite["A token that q finds nearly impossible is taken for one that it rules out."] = got.detach()
    infinite |= cut_off(got, expected, "q is kept above a floor before its logarithm is taken; log_softmax needs none.")
    expect_close(got, expected, what="The divergence where q underflows", mistakes=infinite, **TOL_FP32)


@exercise("kl_divergence")
def test_a_constant_on_the_logits_changes_nothing(student, rng):
    p, q = rng.randn(4, 6), rng.randn(4, 6)
    expect_close(
        student.kl_divergence(p + 5, q - 3),
        exact_kl(p, q),
        what="The divergence after a constant is added to the logits",
        mistakes=kl_mistakes(p + 5, q - 3),
        **TOL_FP32,
    )
    expect_close(student.kl_divergence(p, p), torch.zeros(4), what="The divergence of p from itself", **TOL_FP32)


def central_differences(p, q, which, step=1e-3):
    """The slope of `exact_kl` in the logits of p (which = 0) or q (1): (B, V) twice → (B, V)."""
    slope = torch.zeros_like(p)
    for row in range(p.shape[0]):
        for token in range(p.shape[1]):
            nudge = torch.zeros_like(p, dtype=torch.float64)
            nudge[row, token] = step
            pairs = [[p.double(), q.double()] for _ in range(2)]
            pairs[0][which] = pairs[0][which] + nudge
            pairs[1][which] = pairs[1][which] - nudge
            up, down = (exact_kl(*pair)[row].item() for pair in pairs)
            slope[row, token] = (up - down) / (2 * step)
    return slope


@exercise("kl_divergence")
def test_divergence_gradient(student, rng):
    p, q = rng.randn(3, 4), rng.randn(3, 4)
    result = student.run(with_gradients, "kl_divergence", [p, q], [0, 1], torch.ones(3))
    expect_graph(result)
    gradient_p, gradient_q = result["gradients"]
    if gradient_q is None:
        fail("No gradient reaches the logits of q.")
    if gradient_p is None:
        fail("No gradient reaches the logits of p.")
    # exact_kl gives float32: differences of values of size 1 over 2e-3 are good to about 1e-4
    expect_close(
        gradient_p,
        central_differences(p, q, 0),
        what="The gradient in the logits of p",
        rtol=0,
        atol=2e-3,
        mistakes={"The weights p are detached, so their part of the gradient is missing.": torch.zeros_like(p)},
    )
    expect_close(gradient_q, central_differences(p, q, 1), what="The gradient in the logits of q", rtol=0, atol=2e-3)


@exercise("kl_divergence")
def test_a_token_that_only_q_rules_out_costs_everything(student, rng):
    p, q, token = rng.randn(3, 5), rng.randn(3, 5), rng.randint(0, 5)
    right, mistakes = exact_kl(p, q), kl_mistakes(p, q)
    q[1, token] = -math.inf
    got = student.kl_divergence(p, q)
    if not isinstance(got, torch.Tensor) or got.shape != (3,):
        fail("It must give one number for each position.", expected=(3,), got=tuple(getattr(got, "shape", ())))
    rows = torch.tensor([0, 2])
    wrong = {sentence: value[rows] for sentence, value in mistakes.items() if value.shape == (3,)}
    expect_close(got[rows], right[rows], what="The divergence at the other positions", mistakes=wrong, **TOL_FP32)
    if not got[1] > 100:
        fail("A token that only q rules out adds little or nothing; there the divergence is infinite.", got=got[1])


@exercise("kl_divergence")
def test_a_token_that_p_rules_out_adds_nothing(student, rng):
    p, q = rng.randn(3, 5), rng.randn(3, 5)
    p[:, 1] = q[:, 1] = -30.0  # as good as ruled out by both
    expect_close(
        student.kl_divergence(p, q),
        exact_kl(p, q),
        what="The divergence where a token is very unlikely",
        mistakes=kl_mistakes(p, q),
        **TOL_FP32,
    )
    p[:, 1] = -math.inf
    for token in (-1.0, -math.inf):
        q[:, 1] = token
        got, other_way = student.kl_divergence(p, q), (q.softmax(-1) * (q.log_softmax(-1) - p.log_softmax(-1))).sum(-1)
        mistakes = {"The direction is wrong: this is KL(q ‖ p).": other_way}
        if isinstance(got, torch.Tensor) and torch.isnan(got).any():
            mistakes[
                "A token with p = 0 gives NaN: 0 · (-inf) is not 0 in floating point; such a token adds nothing."
            ] = got.detach()
        expect_close(
            got, exact_kl(p, q), what="The divergence where p rules a token out", mistakes=mistakes, **TOL_FP32
        )
    kept = torch.arange(5) != 1
    leaves = [logits[:, kept].clone().requires_grad_() for logits in (p, q)]
    log_p, log_q = (logits.log_softmax(dim=-1) for logits in leaves)
    slopes = torch.autograd.grad((log_p.exp() * (log_p - log_q)).sum(), leaves)
    result = student.run(with_gradients, "kl_divergence", [p, q], [0, 1], torch.ones(3))
    expect_graph(result)
    for whose, gradient, slope in zip("pq", result["gradients"], slopes, strict=True):
        if gradient is None:
            fail(f"No gradient reaches the logits of {whose}.")
        if torch.isnan(gradient).any():
            fail(
                "A token with p = 0 makes a gradient NaN; such a token adds nothing.",
                advice="Put a 0 in the place of log p - log q before anything is multiplied, not behind.",
            )
        part = {"The weights p are detached, so their part of the gradient is missing.": torch.zeros_like(slope)}
        what = "The gradient where a token is ruled out"
        expect_close(gradient[:, kept], slope, what=what, mistakes=part if whose == "p" else {}, **TOL_FP32)
