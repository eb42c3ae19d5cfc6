"""Checks of `kl_estimate`."""

import math

import torch
from alignment_oracles import (
    TOL_FP32,
    cut_off,
    exact_kl,
    expect_dtype_kept,
    expect_graph,
    expect_said,
    log_probs,
    with_gradients,
)

from autograder.checks import exercise, expect_close, expect_error, fail, in_drawn_order


def estimates(logp, logp_ref, kind):
    """The estimate of every token, number by number."""
    formulas = {"k1": lambda x: x, "k2": lambda x: x * x / 2, "k3": lambda x: math.expm1(-x) + x}
    differences = (logp.double() - logp_ref.double()).reshape(-1).tolist()
    return torch.tensor([formulas[kind](x) for x in differences]).reshape(logp.shape)


def estimate_mistakes(logp, logp_ref, kind):
    """Sentence → the value with that mistake."""
    x, expected = logp - logp_ref, estimates(logp, logp_ref, kind)
    found = {
        "It averages over the tokens; every token has an estimate of its own.": expected.mean(),
        "It adds up the tokens; every token has an estimate of its own.": expected.sum(),
        "The estimate is weighted by the token's probability; the sampling does that already.": logp.exp() * expected,
    }
    if kind == "k1":
        found |= {
            "In k1 policy and reference are the wrong way round.": -x,
            "k1 is made positive; single values may be negative, and only then it is unbiased.": x.abs(),
            "k1 is cut off at 0; single values may be negative, and only then it is unbiased.": x.clamp(min=0),
            "k1 is the ratio itself, not its logarithm.": x.exp(),
        }
    if kind == "k2":
        found |= {
            "In k2 the half is missing.": x**2,
            "k2 is half the square of the log-ratio, not half its absolute value.": x.abs() / 2,
            "k2 squares the difference of the probabilities, not of their logarithms.": (
                (logp.exp() - logp_ref.exp()) ** 2 / 2
            ),
            "k2 is not a kind of its own here: it gives k1.": x,
        }
    if kind == "k3":
        found |= {
            "In k3 policy and reference are the wrong way round; the ratio is reference over policy.": x.exp() - 1 - x,
            "In k3 the -1 is missing.": (-x).exp() + x,
            "In k3 the log-ratio has the wrong sign.": (-x).exp() - 1 - x,
            "In k3 the ratio is policy over reference; it must be reference over policy.": x.exp() - 1 + x,
            "In k3 the log-ratio is missing.": (-x).exp() - 1,
            "k3 is not a kind of its own here: it gives k1.": x,
        }
    return found


@exercise("kl_estimate")
def test_kl_estimate_docstring_example(student, rng):
    example = torch.tensor([0.5, 0.5]).log(), torch.tensor([0.25, 0.75]).log()
    drawn = rng.permutation([torch.tensor([0.3, 0.7]).log(), torch.tensor([0.6, 0.4]).log() - rng.rand(2)])
    for (logp, logp_ref), whose in ((example, "The docstring's"), (drawn, "For two tokens,")):
        for kind in ("k1", "k2", "k3"):
            expect_close(
                student.kl_estimate(logp, logp_ref, kind),
                estimates(logp, logp_ref, kind),
                what=f"{whose} {kind}",
                mistakes=estimate_mistakes(logp, logp_ref, kind),
                **TOL_FP32,
            )


@exercise("kl_estimate")
def test_each_kind_on_a_batch(student, rng):
    logp, logp_ref = log_probs(rng, 2, 4), log_probs(rng, 2, 4)
    far = log_probs(rng, 2, 4)
    far[0, 1], far[1, 2] = logp_ref[0, 1] - 9, logp_ref[1, 2] + 25
    for kind in ("k1", "k2", "k3"):
        got, expected = student.kl_estimate(logp, logp_ref, kind), estimates(logp, logp_ref, kind)
        cut = cut_off(got, expected, "An estimate is cut off; it may be as large as the formula says.")
        expect_close(got, expected, what=kind, mistakes=estimate_mistakes(logp, logp_ref, kind) | cut, **TOL_FP32)
        got, expected = student.kl_estimate(far, logp_ref, kind), estimates(far, logp_ref, kind)
        cut = cut_off(got, expected, "An estimate is cut off; it may be as large as the formula says.")
        mistakes = estimate_mistakes(far, logp_ref, kind) | cut
        expect_close(got, expected, what=f"{kind} of tokens far apart", mistakes=mistakes, **TOL_FP32)
        expect_dtype_kept(
            lambda *given, kind=kind: student.kl_estimate(*given, kind),
            (logp, logp_ref),
            lambda *given, kind=kind: estimates(*given, kind),
            kind,
        )


@exercise("kl_estimate")
def test_k1_and_k3_are_right_on_average(student, rng):
    p, q = rng.randn(7), rng.randn(7)
    log_p, log_q, divergence = p.log_softmax(dim=0), q.log_softmax(dim=0), exact_kl(p, q)
    for kind in ("k1", "k3"):
        found = student.kl_estimate(log_p, log_q, kind)
        mistakes = estimate_mistakes(log_p, log_q, kind)
        if not isinstance(found, torch.Tensor) or found.shape != log_p.shape:
            fail("It must give one estimate for every token, in the shape of what came in.")
        expect_close(
            (log_p.exp() * found).sum(),
            divergence,
            what=f"The mean of {kind} over all tokens, each as often as the policy samples it,",
            mistakes={sentence: (log_p.exp() * value).sum() for sentence, value in mistakes.items()},
            advice="Over every token of a vocabulary, weighted by p, an unbiased estimate gives KL(p ‖ q) exactly.",
            **TOL_FP32,
        )


@exercise("kl_estimate")
def test_estimates_have_a_graph(student, rng):
    logp = log_probs(rng, 3)
    logp_ref = logp + torch.tensor(rng.permutation([1.0, -1.0, 1.0])) * (0.3 + rng.rand(3))
    x = (logp - logp_ref).double()
    for kind, slope in (("k1", torch.ones(3)), ("k2", x.float()), ("k3", (1 - (-x).exp()).float())):
        result = student.run(with_gradients, "kl_estimate", [logp, logp_ref, kind], [0], torch.ones(3))
        mistakes = estimate_mistakes(logp, logp_ref, kind)
        expect_close(result["value"], estimates(logp, logp_ref, kind), what=kind, mistakes=mistakes, **TOL_FP32)
        expect_graph(result)
        expect_close(result["gradients"][0], slope, what=f"The gradient of {kind}", **TOL_FP32)


@exercise("kl_estimate")
def test_a_fourth_kind_is_an_error(student, rng):
    logp, logp_ref = log_probs(rng, 3), log_probs(rng, 3)

    def another(kind):
        says = expect_said("The error about the kind doesn't say which there are.", "k1", "k2", "k3", every=True)
        with expect_error("ValueError", what="kl_estimate with an unknown kind"), says:
            student.kl_estimate(logp, logp_ref, kind)

    def known():
        mistakes, found = estimate_mistakes(logp, logp_ref, "k2"), student.kl_estimate(logp, logp_ref, "k2")
        expect_close(found, estimates(logp, logp_ref, "k2"), what="k2", mistakes=mistakes, **TOL_FP32)

    upper = rng.choice(["K1", "K2", "K3"])
    in_drawn_order(rng, known, lambda: another(f"k{rng.randint(4, 100)}"), lambda: another(upper))
