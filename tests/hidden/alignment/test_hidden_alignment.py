"""Hidden checks of the lesson on alignment: edges, extremes, and relations that only right code has."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from autograder import builders
from autograder.checks import exercise, expect_close, expect_equal, expect_error, fail, probe

FP32 = {"rtol": 1e-4, "atol": 1e-5}  # sums of a few dozen terms of size 1
MODEL = {"rtol": 1e-3, "atol": 1e-4}  # a whole GPT-2


def normal(rng, *shape):
    return torch.randn(*shape, generator=rng)


def whole(rng, low, high):
    return int(torch.randint(low, high, (), generator=rng))


def ids(rng, vocabulary, *shape):
    return torch.randint(0, vocabulary, shape, generator=rng)


def log_probs(rng, *shape):
    return -4 * torch.rand(*shape, generator=rng) - 0.05


@probe
def value_and_gradients(lesson, name, arguments, leaves):
    """What a function of the lesson returns first, and the gradients of its sum."""
    arguments = [one.clone().requires_grad_() if place in leaves else one for place, one in enumerate(arguments)]
    found = getattr(lesson, name)(*arguments)
    value = found[0] if isinstance(found, (tuple, list)) else found
    graph = value.requires_grad
    if graph:
        value.sum().backward()
    return {"value": value, "graph": graph, "gradients": [arguments[place].grad for place in leaves]}


# --- make_preference_pairs ------------------------------------------------------------------------------------------


@probe
def judged(lesson, prompts, responses, scores):
    """The pairs as a sorted list of triples."""
    pairs = lesson.make_preference_pairs(prompts, responses, lambda prompt, response: scores[f"{prompt}|{response}"])
    return sorted([pair["prompt"], pair["chosen"], pair["rejected"]] for pair in pairs)


@exercise("make_preference_pairs")
def test_one_text_under_two_prompts(student):
    scores = {"warm?|yes": 1.0, "warm?|no": 0.0, "cold?|yes": 0.0, "cold?|no": 1.0}
    found = student.run(judged, ["warm?", "cold?"], [["yes", "no"], ["yes", "no"]], scores)
    expect_equal(
        found,
        [["cold?", "no", "yes"], ["warm?", "yes", "no"]],
        what="The pairs of two prompts with the same responses",
        mistakes={
            "The score is remembered by the words alone; they can be good for one prompt and bad for another.": [
                ["cold?", "yes", "no"],
                ["warm?", "yes", "no"],
            ],
            "A later prompt overwrites a score: it is kept by the words alone, without the prompt.": [
                ["cold?", "no", "yes"],
                ["warm?", "no", "yes"],
            ],
        },
    )


@exercise("make_preference_pairs")
def test_reversing_the_responses_changes_nothing(student, rng):
    values = torch.randperm(5, generator=rng).tolist()
    texts = [f"reply {letter}" for letter in "abcde"]
    scores = {f"q|{text}": float(value) for text, value in zip(texts, values, strict=True)}
    forwards, backwards = (student.run(judged, ["q"], [order], scores) for order in (texts, texts[::-1]))
    if forwards != backwards:
        fail("Another order of the responses gives other pairs; the order says nothing about which is better.")
    if len(forwards) != 10:
        fail("Five responses with five different scores make ten pairs.", expected=10, got=len(forwards))
    better = [[one, two] for one in texts for two in texts if scores[f"q|{one}"] > scores[f"q|{two}"]]
    expect_equal(forwards, sorted(["q", *pair] for pair in better), what="The pairs of five responses")


@exercise("make_preference_pairs")
def test_nothing_to_compare(student):
    for prompts, responses in (([], []), (["a", "b"], [["only one"], []])):
        scores = {"a|only one": 1.0}
        expect_equal(
            student.run(judged, prompts, responses, scores), [], what="The pairs where there is nothing to compare"
        )


@exercise("make_preference_pairs")
def test_as_many_prompts_as_lists_of_responses(student):
    scores = {"a|x": 1.0, "a|y": 0.0, "b|x": 1.0, "b|y": 0.0}
    for prompts, responses in ((["a", "b"], [["x", "y"]]), (["a"], [["x", "y"], ["x", "y"]])):
        with expect_error("ValueError", what="make_preference_pairs with prompts and responses of different number"):
            student.run(judged, prompts, responses, scores)


# --- RewardModel ----------------------------------------------------------------------------------------------------


@probe
def judge(lesson, seed, weight, batches):
    """Rewards of each batch; the head has this weight and, where it has one, no bias."""
    backbone = builders.tiny_gpt2(seed, width=16, heads=2, layers=2).transformer
    model = lesson.RewardModel(backbone).eval()
    with torch.no_grad():
        model.reward_head.weight.copy_(weight)
        if model.reward_head.bias is not None:
            model.reward_head.bias.zero_()
    backbone.config.use_cache = True  # as in a GPT-2 that was loaded
    try:
        return [model(*batch) for batch in batches]
    finally:
        backbone.config.use_cache = False


@torch.no_grad()
def rewards_alone(seed, weight, texts):
    """Right rewards: each text read alone, its last vector times the head's weight."""
    backbone = builders.tiny_gpt2(seed, width=16, heads=2, layers=2).transformer
    return torch.cat([(backbone(text[None]).last_hidden_state[:, -1] @ weight.T)[:, 0] for text in texts])


@exercise("RewardModel")
def test_padding_moves_nothing(student, rng):
    texts = [ids(rng, 53, length) for length in (4, 2, 6)]
    batches = []
    for left, right in ((0, 0), (0, 8), (5, 0)):
        longest = max(map(len, texts))
        input_ids = ids(rng, 53, len(texts), left + longest + right)
        mask = torch.zeros_like(input_ids)
        for row, text in enumerate(texts):
            start = left + longest - len(text) if left else 0
            input_ids[row, start : start + len(text)], mask[row, start : start + len(text)] = text, 1
        batches.append([input_ids, mask])
    seed, weight = whole(rng, 0, 1 << 30), normal(rng, 1, 16)
    narrow, wide, left = student.run(judge, seed, weight, batches)
    for other, where in ((wide, "wider on the right"), (left, "on the left")):
        if not isinstance(other, torch.Tensor) or other.shape != narrow.shape or (other - narrow).abs().max() > 1e-3:
            fail(
                f"Padding the batch {where} moves the rewards.",
                advice="Pool by the mask; the backbone needs the mask, and positions from each text's first token.",
            )
    expect_close(narrow, rewards_alone(seed, weight, texts), what="The rewards of a padded batch", **MODEL)


@exercise("RewardModel")
def test_a_batch_of_one_is_still_a_batch(student, rng):
    seed, weight = whole(rng, 0, 1 << 30), normal(rng, 1, 16)
    rows = ids(rng, 53, 2, 4)
    mask = torch.ones_like(rows)
    one, both = student.run(judge, seed, weight, [[rows[:1], mask[:1]], [rows, mask]])
    if isinstance(one, torch.Tensor) and one.ndim == 0:
        fail("squeeze() without a dimension also drops the batch when it has one row.", advice="squeeze(-1)")
    expect_close(one, both[:1], what="The reward of a batch of one", **MODEL)
    expect_close(both, rewards_alone(seed, weight, rows), what="The rewards", **MODEL)


@exercise("RewardModel")
def test_rewards_are_any_real_number(student, rng):
    seed, weight = whole(rng, 0, 1 << 30), normal(rng, 1, 16)
    rows = ids(rng, 53, 4, 5)
    mask = torch.ones_like(rows)
    (small,) = student.run(judge, seed, weight, [[rows, mask]])
    (large,) = student.run(judge, seed, 5 * weight, [[rows, mask]])
    expect_close(
        large,
        5 * small,
        what="The rewards after the head's weight is multiplied by five",
        advice="A reward is the head's plain output.",
        mistakes={
            "A sigmoid is put on the reward; a reward is any real number.": (5 * small.logit(eps=1e-6)).sigmoid()
        },
        rtol=1e-3,
        atol=1e-3,
    )
    expect_close(small, rewards_alone(seed, weight, rows), what="The rewards", **MODEL)


@exercise("RewardModel")
def test_swapping_rows_swaps_rewards(student, rng):
    seed, weight = whole(rng, 0, 1 << 30), normal(rng, 1, 16)
    rows, mask = ids(rng, 53, 3, 5), torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]])
    first, second = student.run(judge, seed, weight, [[rows, mask], [rows.flip(0), mask.flip(0)]])
    expect_close(second, first.flip(0), what="The rewards of the rows in another order", **MODEL)
    texts = [row[: int(length)] for row, length in zip(rows, mask.sum(dim=1), strict=True)]
    expect_close(first, rewards_alone(seed, weight, texts), what="The rewards of a padded batch", **MODEL)


# --- preference_loss ------------------------------------------------------------------------------------------------


@exercise("preference_loss")
def test_rewards_far_apart(student):
    for ahead in (1e4, -1e4):
        chosen, rejected = torch.tensor([ahead, 0.0]), torch.tensor([0.0, 0.0])
        seen = student.run(value_and_gradients, "preference_loss", [chosen, rejected], [0, 1])
        right = torch.tensor((max(-ahead, 0.0) + math.log(2)) / 2)
        if not torch.isfinite(seen["value"]).all():
            fail(
                "log(sigmoid(x)) is -inf far from 0; the loss must stay finite.",
                advice="F.logsigmoid computes the same without the overflow.",
            )
        floor = seen["value"] < right - 1
        if floor.all():
            fail(
                "The loss stops growing far from 0: something is clamped or added inside the logarithm.",
                expected=right,
                got=seen["value"],
            )
        expect_close(seen["value"], right, what="The loss of rewards that are far apart", **FP32)
        if seen["graph"]:
            for gradient, sign in zip(seen["gradients"], (-1, 1), strict=True):
                slope = torch.tensor([0.0 if ahead > 0 else 0.5, 0.25]) * sign
                if gradient is None or not torch.isfinite(gradient).all():
                    fail("The gradient is not finite for rewards that are far apart.")
                expect_close(gradient, slope, what="The gradient for rewards that are far apart", **FP32)


@exercise("preference_loss")
def test_shapes_that_would_broadcast(student, rng):
    for chosen, rejected in (((3, 1), (3,)), ((3,), (3, 1)), ((3,), (1,))):
        with expect_error("ValueError", what="preference_loss of rewards of different shapes"):
            student.preference_loss(normal(rng, *chosen), normal(rng, *rejected))


@exercise("preference_loss")
def test_a_margin_of_zero_is_no_margin(student, rng):
    chosen, rejected = normal(rng, 4), normal(rng, 4)
    plain = student.preference_loss(chosen, rejected)
    for margin in (0.0, torch.zeros(4)):
        expect_close(
            student.preference_loss(chosen, rejected, margin), plain, what="The loss with a margin of 0", **FP32
        )
    expect_close(plain, -F.logsigmoid(chosen - rejected).mean(), what="The loss", **FP32)


@exercise("preference_loss")
def test_a_margin_moves_chosen_down(student, rng):
    chosen, rejected = normal(rng, 4), normal(rng, 4)
    margin = torch.rand(4, generator=rng) + 0.2
    expect_close(
        student.preference_loss(chosen, rejected, margin),
        student.preference_loss(chosen - margin, rejected),
        what="The loss with a margin, against chosen rewards that are lower by it,",
        **FP32,
    )
    right = -F.logsigmoid(chosen - rejected - margin).mean()
    expect_close(student.preference_loss(chosen, rejected, margin), right, what="The loss with a margin", **FP32)


# --- token_log_probs ------------------------------------------------------------------------------------------------


@exercise("token_log_probs")
def test_half_precision_is_raised(student, rng):
    logits, tokens = (3 * normal(rng, 2, 6, 9)).bfloat16(), ids(rng, 9, 2, 6)
    exact = logits.double().log_softmax(dim=-1)[:, :-1].gather(-1, tokens[:, 1:, None]).squeeze(-1).float()
    got = student.token_log_probs(logits, tokens)
    if isinstance(got, torch.Tensor) and got.dtype != torch.float32:
        fail("Half precision must be raised to float32 first.", expected="float32", got=str(got.dtype))
    expect_close(
        got,
        exact,
        what="Log-probabilities from bfloat16 logits",
        mistakes={
            "It is raised to float32 after the softmax; that is too late.": logits.log_softmax(dim=-1)[:, :-1]
            .gather(-1, tokens[:, 1:, None])
            .squeeze(-1)
            .float()
        },
        **FP32,
    )


@exercise("token_log_probs")
def test_very_unlikely_tokens(student):
    logits = torch.tensor([[[0.0, 800.0, -800.0], [5.0, 0.0, 0.0]]])
    got = student.token_log_probs(logits, torch.tensor([[1, 2]]))
    if isinstance(got, torch.Tensor) and not torch.isfinite(got).all():
        fail("log(softmax(x)) is -inf for unlikely tokens; log_softmax is not.")
    expect_close(got, torch.tensor([[-1600.0]]), what="The log-probability of a very unlikely token", **FP32)


@exercise("token_log_probs")
def test_one_token_has_nothing_before_it(student, rng):
    got = student.token_log_probs(normal(rng, 3, 1, 5), ids(rng, 5, 3, 1))
    expect_equal(tuple(got.shape), (3, 0), what="The shape for rows of one token")


@exercise("token_log_probs")
def test_all_tokens_of_a_vocabulary_share_one(student, rng):
    logits = 2 * normal(rng, 1, 2, 5).expand(5, 2, 5)
    tokens = torch.stack([torch.zeros(5, dtype=torch.int64), torch.arange(5)], dim=1)
    got = student.token_log_probs(logits, tokens)
    expect_close(got.exp().sum(), torch.tensor(1.0), what="The sum of the probabilities of all next tokens", **FP32)


@exercise("token_log_probs")
def test_what_follows_does_not_matter(student, rng):
    logits, tokens = normal(rng, 2, 6, 5), ids(rng, 5, 2, 6)
    expect_close(
        student.token_log_probs(logits, tokens)[:, :3],
        student.token_log_probs(logits[:, :4], tokens[:, :4]),
        what="The first log-probabilities of a row that goes on",
        **FP32,
    )
    right = logits[:, :-1].log_softmax(dim=-1).gather(2, tokens[:, 1:, None])[..., 0]
    expect_close(student.token_log_probs(logits, tokens), right, what="The log-probabilities", **FP32)


# --- sequence_log_prob ----------------------------------------------------------------------------------------------


@exercise("sequence_log_prob")
def test_a_row_without_a_response(student, rng):
    labels = ids(rng, 5, 3, 4)
    labels[0], labels[1, 1:] = -100, -100  # in the second only column 0 is labelled, and nothing comes before it
    got = student.sequence_log_prob(normal(rng, 3, 4, 5), labels)
    if isinstance(got, torch.Tensor) and torch.isnan(got).any():
        fail("A row without a supervised token gives NaN; a product of nothing is 1, so its logarithm is 0.")
    expect_close(got[:2], torch.zeros(2), what="The log-probability of a row without a response", **FP32)


@exercise("sequence_log_prob")
def test_prompt_and_padding_count_for_nothing(student, rng):
    logits, labels = normal(rng, 2, 5, 6), ids(rng, 6, 2, 5)
    labels[:, 0] = -100
    got = student.sequence_log_prob(logits, labels)
    nothing = torch.full((2, 4), -100)
    wide = student.sequence_log_prob(
        torch.cat([normal(rng, 2, 4, 6), logits, normal(rng, 2, 4, 6)], dim=1),
        torch.cat([nothing, labels, nothing], dim=1),
    )
    expect_close(
        wide,
        got,
        what="The log-probability after a longer prompt and more padding",
        advice="The sum runs over labels that are not -100.",
        **FP32,
    )
    each = logits[:, :-1].log_softmax(dim=-1).gather(2, labels[:, 1:, None])[..., 0]
    expect_close(got, each.sum(dim=1), what="The log-probability", **FP32)


@exercise("sequence_log_prob")
def test_twice_the_response_is_twice_the_logarithm(student, rng):
    # A table of logits that does not look back: each token is as likely wherever it stands.
    row, tokens = normal(rng, 6), ids(rng, 6, 4)
    labels = [torch.cat([torch.tensor([-100]), tokens.repeat(times)])[None] for times in (1, 2)]
    once, twice = (student.sequence_log_prob(row.expand(1, one.shape[1], 6), one) for one in labels)
    expect_close(
        twice,
        2 * once,
        what="The log-probability of a response said twice",
        mistakes={"It averages over the tokens; a response's log-probability is their sum.": once},
        **FP32,
    )
    expect_close(once, row.log_softmax(dim=0)[tokens].sum()[None], what="The log-probability", **FP32)


# --- kl_divergence --------------------------------------------------------------------------------------------------


@exercise("kl_divergence")
def test_tokens_that_are_ruled_out(student, rng):
    p, q = normal(rng, 3, 5), normal(rng, 3, 5)
    kept = torch.arange(5) != 2
    right = (p[:, kept].log_softmax(-1).exp() * (p[:, kept].log_softmax(-1) - q.log_softmax(-1)[:, kept])).sum(dim=-1)
    both = (p[:, kept].log_softmax(-1).exp() * (p[:, kept].log_softmax(-1) - q[:, kept].log_softmax(-1))).sum(dim=-1)
    p[:, 2] = -math.inf
    got = student.kl_divergence(p, q)
    if isinstance(got, torch.Tensor) and not torch.isfinite(got).all():
        fail("A token with p = 0 gives NaN: 0 · (-inf) is not 0 in floating point; such a token adds nothing.")
    expect_close(got, right, what="The divergence where p rules a token out", **FP32)
    q[:, 2] = -math.inf
    got = student.kl_divergence(p, q)
    if isinstance(got, torch.Tensor) and not torch.isfinite(got).all():
        fail("A token with p = 0 gives NaN: 0 · (-inf) is not 0 in floating point; such a token adds nothing.")
    expect_close(got, both, what="The divergence where both rule a token out", **FP32)


@exercise("kl_divergence")
def test_any_number_of_leading_dimensions(student, rng):
    p, q = normal(rng, 2, 3, 2, 4), normal(rng, 2, 3, 2, 4)
    whole_thing = student.kl_divergence(p, q)
    expect_equal(tuple(whole_thing.shape), (2, 3, 2), what="The shape for four dimensions")
    expect_close(student.kl_divergence(p[1, 2, 0], q[1, 2, 0]), whole_thing[1, 2, 0], what="One position alone", **FP32)
    right = F.kl_div(q.log_softmax(dim=-1), p.log_softmax(dim=-1), log_target=True, reduction="none").sum(dim=-1)
    expect_close(whole_thing, right, what="The divergence", **FP32)


@exercise("kl_divergence")
def test_divergence_is_never_negative_and_not_symmetric(student, rng):
    p, q = 2 * normal(rng, 40, 6), 2 * normal(rng, 40, 6)
    there, back = student.kl_divergence(p, q), student.kl_divergence(q, p)
    if (there < -1e-5).any():
        fail("The divergence is negative somewhere.")
    if (there - back).abs().max() < 1e-3:
        fail("The divergence is the same in both directions; KL is not symmetric.")


# --- kl_estimate ----------------------------------------------------------------------------------------------------


@exercise("kl_estimate")
def test_unknown_kinds_are_errors(student, rng):
    for kind in ("k4", "K1", "", "full"):
        with expect_error("ValueError", what="kl_estimate with an unknown kind"):
            student.kl_estimate(log_probs(rng, 3), log_probs(rng, 3), kind)


@exercise("kl_estimate")
def test_signs_of_the_estimates(student, rng):
    logp = log_probs(rng, 200)
    logp_ref = logp + 0.3 * normal(rng, 200)
    k1, k2, k3 = (student.kl_estimate(logp, logp_ref, kind) for kind in ("k1", "k2", "k3"))
    if not ((k1 < 0).any() and (k1 > 0).any()):
        fail("k1 has only one sign; single values may be negative, and only then it is unbiased.")
    for kind, found in (("k2", k2), ("k3", k3)):
        if (found < -1e-6).any():
            fail(f"{kind} is negative for some tokens; it never is.")
    swapped = student.kl_estimate(logp_ref, logp, "k3")
    if (swapped - k3).abs().max() < 1e-3:
        fail("k3 does not tell policy from reference.")


@probe
def mean_gradient(lesson, table, reference, kind):
    """The gradient of an estimate used as a loss, on average over every token that the policy may sample."""
    table.requires_grad_()
    log_p, log_q = table.log_softmax(dim=0), reference.log_softmax(dim=0)
    weights = log_p.exp().detach()
    (gradient,) = torch.autograd.grad((weights * lesson.kl_estimate(log_p, log_q, kind)).sum(), table)
    return gradient


@exercise("kl_estimate")
def test_as_losses_k1_pulls_nowhere_and_k2_the_right_way(student, rng):
    p, q = normal(rng, 6), normal(rng, 6)
    exact = p.double().requires_grad_()
    log_p = exact.log_softmax(dim=0)
    (slope,) = torch.autograd.grad((log_p.exp() * (log_p - q.double().log_softmax(dim=0))).sum(), exact)
    expect_close(
        student.run(mean_gradient, p, q, "k1"),
        torch.zeros(6),
        what="k1's gradient, on average over every token,",
        **FP32,
    )
    expect_close(
        student.run(mean_gradient, p, q, "k2"),
        slope.float(),
        what="k2's gradient, on average over every token,",
        mistakes={"In k2 the half is missing.": 2 * slope.float()},
        **FP32,
    )


# --- kl_shaped_rewards ----------------------------------------------------------------------------------------------


@exercise("kl_shaped_rewards")
def test_a_row_without_response_tokens(student, rng):
    mask = torch.tensor([[0, 0, 0, 0], [0, 1, 1, 0]])
    logp, logp_ref = log_probs(rng, 2, 4), log_probs(rng, 2, 4)
    got = student.kl_shaped_rewards(torch.tensor([3.0, 2.0]), logp, logp_ref, 0.5, mask)
    if got.shape == mask.shape and got[0].abs().max() > 0:
        fail("A row without response tokens gets its score somewhere.")
    expect_close(got[0], torch.zeros(4), what="The rewards of a row without a response", **FP32)
    expect_close(got[1].sum(), 2.0 - 0.5 * (logp - logp_ref)[1, 1:3].sum(), what="The other row's rewards", **FP32)


@exercise("kl_shaped_rewards")
def test_without_a_price_only_the_score_is_left(student, rng):
    mask = torch.tensor([[1, 1, 0, 0, 0], [0, 0, 0, 1, 1], [0, 0, 1, 0, 0]])
    score = normal(rng, 3)
    right = torch.zeros(3, 5)
    right[0, 1], right[1, 4], right[2, 2] = score
    for beta, shift in ((0.0, 1.0), (0.4, 0.0)):  # no price, or nowhere gone
        logp = log_probs(rng, 3, 5)
        logp_ref = logp + shift * normal(rng, 3, 5)
        expect_close(
            student.kl_shaped_rewards(score, logp, logp_ref, beta, mask),
            right,
            what="The rewards where KL costs nothing",
            mistakes={
                "The score is put on the last column, which may be padding.": torch.cat(
                    [torch.zeros(3, 4), score[:, None]], dim=1
                ),
                "The score is put on every token; a response has one score.": score[:, None] * mask,
            },
            **FP32,
        )


@exercise("kl_shaped_rewards")
def test_what_stands_in_prompt_and_padding_does_not_matter(student, rng):
    mask = torch.tensor([[0, 0, 1, 1, 1, 0, 0], [0, 1, 0, 0, 0, 0, 0]])
    score, logp, logp_ref = normal(rng, 2), log_probs(rng, 2, 7), log_probs(rng, 2, 7)
    first = student.kl_shaped_rewards(score, logp, logp_ref, 0.3, mask)
    noise = 50 * normal(rng, 2, 7) * (1 - mask)
    expect_close(
        student.kl_shaped_rewards(score, logp + noise, logp_ref, 0.3, mask),
        first,
        what="The rewards with other numbers in prompt and padding",
        **FP32,
    )
    right = -0.3 * (logp - logp_ref) * mask
    right[torch.arange(2), torch.tensor([4, 1])] += score  # the last token of each response
    expect_close(first, right, what="The rewards", **FP32)


# --- the losses ---------------------------------------------------------------------------------------------------


def losses(rng, rows=3, columns=6):
    """A ragged batch for each of the three losses, as (name, arguments without the mask, position of the mask)."""
    logp = log_probs(rng, rows, columns)
    old = logp + 0.3 * normal(rng, rows, columns)
    each, one = 1 + normal(rng, rows, columns), 1 + normal(rng, rows)
    return {
        "policy_gradient_loss": [logp, each],
        "ppo_clip_loss": [logp, old, each, 0.2],
        "grpo_loss": [logp, old, one, 0.2],
    }


def with_mask(arguments, mask):
    """The arguments in their order: the mask stands behind the advantages."""
    return [*arguments[:2], mask] if len(arguments) == 2 else [*arguments[:3], mask, arguments[3]]


def nothing_to_learn(student, rng, name):
    arguments = with_mask(losses(rng)[name], torch.zeros(3, 6, dtype=torch.int64))
    seen = student.run(value_and_gradients, name, arguments, [0])
    if not torch.isfinite(torch.as_tensor(seen["value"])).all():
        fail("Without a response token the loss is NaN; it must be 0.", advice="clamp(min=1) the number of tokens.")
    expect_close(seen["value"], torch.tensor(0.0), what="The loss without a response token", **FP32)
    if not seen["graph"]:
        fail("Without a response token the loss has no graph, so backward() fails.")
    gradient = seen["gradients"][0]
    if gradient is None or not torch.equal(gradient, torch.zeros_like(gradient)):
        fail("Without a response token the gradient must be 0.")


@exercise("policy_gradient_loss")
def test_nothing_to_learn_from_in_the_policy_gradient(student, rng):
    nothing_to_learn(student, rng, "policy_gradient_loss")


@exercise("ppo_clip_loss")
def test_nothing_to_learn_from_in_the_clipped_loss(student, rng):
    nothing_to_learn(student, rng, "ppo_clip_loss")


@exercise("grpo_loss")
def test_nothing_to_learn_from_in_grpo(student, rng):
    nothing_to_learn(student, rng, "grpo_loss")


def right_loss(name, arguments, mask):
    """The three losses: a mean over the response tokens of the batch."""
    logp, *others = arguments
    if name == "policy_gradient_loss":
        return -(logp * others[0] * mask).sum() / mask.sum()
    old, advantages, clip = others
    advantages = advantages if advantages.ndim == 2 else advantages[:, None]
    ratio = (logp - old).exp()
    return -(torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages) * mask).sum() / mask.sum()


def wider_padding(student, rng, name):
    arguments = losses(rng)[name]
    mask = torch.tensor([[0, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 0], [0, 0, 0, 1, 0, 0]])
    narrow = getattr(student, name)(*with_mask(arguments, mask))
    wide = [
        torch.cat([one, one[:, :4] + normal(rng, 3, 4)], dim=1)
        if isinstance(one, torch.Tensor) and one.ndim == 2
        else one
        for one in arguments
    ]
    got = getattr(student, name)(*with_mask(wide, torch.cat([mask, torch.zeros(3, 4, dtype=torch.int64)], dim=1)))
    expect_close(
        got,
        narrow,
        what="The loss after the batch is padded wider",
        advice="Divide by the number of response tokens, not of positions.",
        **FP32,
    )
    expect_close(narrow, right_loss(name, arguments, mask), what="The loss", **FP32)


@exercise("policy_gradient_loss")
def test_wider_padding_in_the_policy_gradient(student, rng):
    wider_padding(student, rng, "policy_gradient_loss")


@exercise("ppo_clip_loss")
def test_wider_padding_in_the_clipped_loss(student, rng):
    wider_padding(student, rng, "ppo_clip_loss")


@exercise("grpo_loss")
def test_wider_padding_in_grpo(student, rng):
    wider_padding(student, rng, "grpo_loss")


@exercise("ppo_clip_loss")
def test_a_wider_clip_lets_more_through(student):
    # Ratio 1.5, advantage 1: clipped at 1.2 and 1.4, not at 1.6.
    logp, mask = torch.tensor([[math.log(1.5)]]), torch.ones(1, 1, dtype=torch.int64)
    for clip, right in ((0.2, -1.2), (0.4, -1.4), (0.6, -1.5)):
        expect_close(
            student.ppo_clip_loss(logp, torch.zeros(1, 1), torch.ones(1, 1), mask, clip),
            torch.tensor(right),
            what="The loss with another clip",
            mistakes={"clip is not used: it is 0.2 whatever is asked for.": torch.tensor(-1.2)},
            **FP32,
        )


@exercise("grpo_loss")
def test_every_token_counts_the_same(student, rng):
    # A response said as one row of four tokens, or its tokens as four rows of one: the same tokens, the same mean.
    logp, old = log_probs(rng, 1, 4), log_probs(rng, 1, 4)
    old = logp + 0.05 * (old + 2)
    mask = torch.ones(1, 4, dtype=torch.int64)
    other, lone = logp[:, :1] - 0.02, torch.tensor([[1, 0, 0, 0]])
    rows = [torch.cat([one, two.expand(1, 4)]) for one, two in ((logp, other), (old, other))]
    one_row = student.grpo_loss(*rows, torch.tensor([0.9, -0.4]), torch.cat([mask, lone]), 0.2)
    split = [torch.cat([one.T, other]) for one in (logp, old)]
    four_rows = student.grpo_loss(
        *split, torch.tensor([0.9, 0.9, 0.9, 0.9, -0.4]), torch.ones(5, 1, dtype=torch.int64), 0.2
    )
    expect_close(
        one_row,
        four_rows,
        what="The loss of one response of four tokens, against four of one token,",
        advice="Every token of the batch counts the same, in whichever response it stands.",
        **FP32,
    )
    advantages = torch.tensor([0.9, 0.9, 0.9, 0.9, -0.4])
    right = right_loss("grpo_loss", [*split, advantages, 0.2], torch.ones(5, 1, dtype=torch.int64))
    expect_close(four_rows, right, what="The loss", **FP32)


# --- dpo_loss -------------------------------------------------------------------------------------------------------


@exercise("dpo_loss")
def test_dpo_far_apart(student):
    zero = torch.zeros(1)
    for far in (1e5, -1e5):
        arguments = [torch.tensor([far]), zero, zero, zero, 0.1]
        seen = student.run(value_and_gradients, "dpo_loss", arguments, [0, 1])
        if not torch.isfinite(seen["value"]).all():
            fail("log(sigmoid(x)) is -inf far from 0; the loss must stay finite.")
        right = torch.tensor(max(-0.1 * far, 0.0))
        if seen["value"] < right - 1:
            fail("The loss stops growing far from 0: something is clamped or added inside the logarithm.")
        expect_close(seen["value"], right, what="The loss of log-probabilities that are far apart", **FP32)
        gradient = seen["gradients"][0]
        if gradient is None or not torch.isfinite(gradient).all():
            fail("The gradient is not finite for log-probabilities that are far apart.")
        expect_close(gradient, torch.tensor([0.0 if far > 0 else -0.1]), what="The gradient far from 0", **FP32)


@exercise("dpo_loss")
def test_a_shared_shift_cancels(student, rng):
    case = [*(-8 * torch.rand(4, 3, generator=rng) - 1)]
    loss, chosen, rejected = student.dpo_loss(*case, 0.3)
    shift = normal(rng, 3)
    shifted = student.dpo_loss(case[0] + shift, case[1] + shift, case[2], case[3], 0.3)
    expect_close(
        shifted[0],
        loss,
        what="The loss after both responses get the same extra log-probability (as from a shared prompt)",
        **FP32,
    )
    expect_close(shifted[1], chosen + 0.3 * shift, what="The chosen rewards after that", **FP32)
    expect_close(shifted[2], rejected + 0.3 * shift, what="The rejected rewards after that", **FP32)
    right = -F.logsigmoid(0.3 * (case[0] - case[2] - case[1] + case[3])).mean()
    expect_close(loss, right, what="The loss", **FP32)


@exercise("dpo_loss")
def test_swapping_the_responses(student, rng):
    case = [*(-8 * torch.rand(4, 1, generator=rng) - 1)]
    there = student.dpo_loss(*case, 0.25)
    back = student.dpo_loss(case[1], case[0], case[3], case[2], 0.25)
    ahead = 0.25 * ((case[0] - case[2]) - (case[1] - case[3]))
    expect_close(
        back[0] - there[0],
        ahead.squeeze(),
        what="The loss of the swapped pair, minus the loss of the pair,",
        advice="-log sigmoid(-x) + log sigmoid(x) = x.",
        **FP32,
    )


@exercise("dpo_loss")
def test_more_beta_is_more_reward(student, rng):
    case = [*(-8 * torch.rand(4, 3, generator=rng) - 1)]
    small, large = student.dpo_loss(*case, 0.1), student.dpo_loss(*case, 0.5)
    for place in (1, 2):
        expect_close(large[place], 5 * small[place], what="The implicit rewards at five times the beta", **FP32)
        right = 0.1 * (case[place - 1] - case[place + 1])
        expect_close(small[place], right, what="The implicit rewards", **FP32)


# --- group_advantages -----------------------------------------------------------------------------------------------


@exercise("group_advantages")
def test_equal_rewards_with_rounding(student):
    # The mean of seven times 0.1 is not 0.1 in float32, so the standard deviation is a rounding error and not 0.
    rewards = torch.cat([torch.full((7,), 0.1), torch.arange(7.0)])
    got = student.group_advantages(rewards, 7)
    if got.shape == rewards.shape and not torch.isfinite(got).all():
        fail("A group with equal rewards is divided by its standard deviation of 0.")
    if got.shape == rewards.shape and got[:7].abs().max() > 0.02:
        fail("A group with equal rewards must give zeros; here a rounding error is divided by a rounding error.")
    right = (torch.arange(7.0) - 3) / math.sqrt(28 / 6)
    expect_close(got[7:], right, what="The other group", rtol=1e-3, atol=1e-3)


@exercise("group_advantages")
def test_a_group_of_one(student):
    got = student.group_advantages(torch.tensor([1.0, 5.0, -2.0]), 1)
    if isinstance(got, torch.Tensor) and torch.isnan(got).any():
        fail("A group of one gives NaN: its standard deviation with n - 1 does not exist; it has nothing to teach.")
    expect_close(got, torch.zeros(3), what="The advantages in groups of one", rtol=0, atol=1e-3)


@exercise("group_advantages")
def test_rewards_that_make_no_whole_groups(student):
    for size in (3, 0, -1):
        with expect_error("ValueError", what="group_advantages with rewards that make no whole groups"):
            student.group_advantages(torch.arange(8.0), size)


@probe
def advantages_graph(lesson, rewards):
    """Whether advantages of rewards with a graph have one."""
    found = lesson.group_advantages(rewards.requires_grad_(), 2)
    return {"graph": found.requires_grad, "advantages": found.detach()}


@exercise("group_advantages")
def test_advantages_are_data(student, rng):
    rewards = 3 * torch.arange(20.0)[torch.randperm(20, generator=rng)]
    seen = student.run(advantages_graph, rewards)
    if seen["graph"]:
        fail("The advantages have a graph; they are data.")
    first, second = rewards.view(10, 2).unbind(dim=1)
    right = torch.stack([first - second, second - first], dim=1).sign().flatten() / 2**0.5
    expect_close(seen["advantages"], right, what="The advantages in groups of two", rtol=1e-3, atol=1e-3)


@exercise("group_advantages")
def test_groups_do_not_touch_each_other(student, rng):
    rewards = torch.cat([torch.arange(4.0) + torch.rand(4, generator=rng) for _ in range(3)])
    first = student.group_advantages(rewards, 4)
    other = rewards.clone()
    other[4:8] *= 100
    second = student.group_advantages(other, 4)
    for part in (slice(0, 4), slice(8, 12)):
        expect_close(
            second[part],
            first[part],
            what="The advantages of a group after another group's rewards changed",
            rtol=1e-3,
            atol=1e-3,
        )
    groups = rewards.view(3, 4)
    right = (groups - groups.mean(dim=1, keepdim=True)) / groups.std(dim=1, keepdim=True)
    expect_close(first, right.flatten(), what="The advantages", rtol=1e-3, atol=1e-3)


# --- sample_responses -----------------------------------------------------------------------------------------------


@probe
def said(lesson, prompts, most, stop_id, vocabulary):
    """Responses of a model that is sure, and whose next token is the sum of all tokens before it."""
    from types import SimpleNamespace

    class Adds(nn.Module):
        def forward(self, input_ids, attention_mask=None, **more):
            mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
            total = (input_ids * mask).cumsum(dim=1) % vocabulary
            return SimpleNamespace(logits=60.0 * F.one_hot(total, vocabulary).float())

    return lesson.sample_responses(Adds(), prompts, most, stop_id)


@exercise("sample_responses")
def test_the_whole_context_counts(student, rng):
    prompts = torch.tensor([[1, 2, 2], [3, 0, 1], [2, 2, 2], [0, 0, 1]])[torch.randperm(4, generator=rng)]
    right = []
    for row in prompts.tolist():
        text = list(row)
        while len(text) < 8 and (len(text) == 3 or text[-1] != 0):
            text.append(sum(text) % 7)
        right.append(text[3:])
    got = student.run(said, prompts, 5, 0, 7)
    last_only = []
    for row in prompts.tolist():
        last_only.append([row[-1]] * 5)
    expect_equal(
        got,
        right,
        what="What a model says that adds up everything before",
        mistakes={"The model is shown the last token only; it needs everything before.": last_only},
    )


@exercise("sample_responses")
def test_no_new_tokens(student):
    prompts = torch.tensor([[1, 2], [3, 4]])
    expect_equal(student.run(said, prompts, 0, 0, 7), [[], []], what="Responses of no tokens")


@exercise("sample_responses")
def test_one_new_token(student, rng):
    prompts = torch.tensor([[1, 2], [3, 4], *ids(rng, 7, 4, 2).tolist()])
    right = [[sum(row) % 7] for row in prompts.tolist()]
    expect_equal(student.run(said, prompts, 1, 0, 7), right, what="Responses of one token")


@probe
def from_gpt2(lesson, seed, prompts, most, stop_id, draws):
    """Responses of a random GPT-2, twice with the same seed, and the global random state before and after."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    before = torch.get_rng_state()
    found = [
        lesson.sample_responses(model, prompts, most, stop_id, torch.Generator().manual_seed(draws)) for _ in range(2)
    ]
    return {"found": found, "same": torch.equal(before, torch.get_rng_state())}


@exercise("sample_responses")
def test_a_real_gpt2_responds(student, rng):
    prompts = ids(rng, 53, 3, 4)
    seen = student.run(from_gpt2, whole(rng, 0, 1 << 30), prompts, 5, 0, whole(rng, 0, 1 << 30))
    first, again = seen["found"]
    if first != again:
        fail("The generator is not used: the same seed gives different responses.")
    if not seen["same"]:
        fail("Torch's global generator is used although another one was given.")
    if not all(0 < len(row) <= 5 and 0 not in row[:-1] and (len(row) == 5 or row[-1] == 0) for row in first):
        fail("A response must end at the first stop id or after max_new_tokens.")


# --- rlhf_step ------------------------------------------------------------------------------------------------------


@probe
def one_step(lesson, table, reference, weights, prompts, settings):
    """One step on tables of logits, with a plain function as judge."""
    from types import SimpleNamespace

    class Table(nn.Module):
        def __init__(self, table):
            super().__init__()
            self.table = nn.Parameter(table.clone())

        def forward(self, input_ids, attention_mask=None, **more):
            return SimpleNamespace(logits=self.table[input_ids])

    policy, frozen = Table(table), Table(reference).requires_grad_(False)
    optimizer = torch.optim.SGD(policy.parameters(), lr=1.0)
    metrics = lesson.rlhf_step(
        policy,
        frozen,
        lambda input_ids, attention_mask: (weights[input_ids] * attention_mask).sum(dim=1),
        prompts,
        optimizer,
        settings["beta"],
        settings["most"],
        settings["stop"],
        settings.get("clip", 0.2),
        settings.get("updates", 1),
        torch.Generator().manual_seed(settings["seed"]),
    )
    return {
        "metrics": metrics,
        "policy": policy.table,
        "reference": frozen.table,
        "trainable": frozen.table.requires_grad,
    }


@exercise("rlhf_step")
def test_equal_returns_move_nothing(student, rng):
    # Every response gets the same reward and KL costs nothing: nobody is better than the mean.
    table, prompts = normal(rng, 5, 5), ids(rng, 5, 4, 2)
    prompts[:] = prompts[:1]
    settings = {"beta": 0.0, "most": 3, "stop": 4, "seed": whole(rng, 0, 1 << 30)}
    seen = student.run(one_step, table, normal(rng, 5, 5), torch.zeros(5), prompts, settings)
    moved = (seen["policy"] - table).abs().max().item()
    if moved > 1e-5:
        fail(
            "The policy moves although every response got the same return.",
            expected=0.0,
            got=moved,
            advice="The advantage is the return minus the mean return of the batch.",
        )
    if seen["trainable"]:
        fail("The reference's requires_grad is changed.")


@exercise("rlhf_step")
def test_responses_of_one_token(student, rng):
    # All rows share a prompt and answer with one token: the step can be written down with the counts of the tokens.
    table, reference, weights = normal(rng, 4, 4), normal(rng, 4, 4), normal(rng, 4)
    prompts = torch.full((12, 2), 2)
    settings = {"beta": 0.5, "most": 1, "stop": 3, "seed": whole(rng, 0, 1 << 30)}
    seen = student.run(one_step, table, reference, weights, prompts, settings)
    tokens = torch.tensor([row[0] for row in seen["metrics"]["responses"]])
    ratio = (table.log_softmax(-1) - reference.log_softmax(-1))[2]
    returns = 2 * weights[2] + weights[tokens] - 0.5 * ratio[tokens]
    advantages = returns - returns.mean()
    gradient = torch.zeros(4)
    for token, advantage in zip(tokens.tolist(), advantages.tolist(), strict=True):
        onehot = torch.zeros(4)
        onehot[token] = 1.0
        gradient += advantage * (onehot - table[2].softmax(dim=0)) / 12
    right = table.clone()
    right[2] += gradient
    expect_close(seen["policy"], right, what="The policy after a step on responses of one token", **FP32)
    expect_close(seen["metrics"]["kl"], ratio[tokens].mean().item(), what="The metric kl", **FP32)
    expect_close(seen["metrics"]["response_length"], 1.0, what="The metric response_length", **FP32)


@probe
def first_steps(lesson, table, prompts, seeds):
    """The responses of steps that begin alike, each with a generator of its own seed."""
    from types import SimpleNamespace

    class Table(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Parameter(table.clone())

        def forward(self, input_ids, attention_mask=None, **more):
            return SimpleNamespace(logits=self.table[input_ids])

    found = []
    for seed in seeds:
        policy = Table()
        optimizer = torch.optim.SGD(policy.parameters(), lr=0.1)
        metrics = lesson.rlhf_step(
            policy,
            Table(),
            lambda input_ids, attention_mask: attention_mask.sum(dim=1).float(),
            prompts,
            optimizer,
            beta=0.1,
            max_new_tokens=4,
            stop_id=0,
            generator=torch.Generator().manual_seed(seed),
        )
        found.append(metrics["responses"])
    return found


@exercise("rlhf_step")
def test_the_generator_draws_the_responses(student, rng):
    two = [whole(rng, 0, 1 << 30), whole(rng, 1 << 30, 1 << 31)]
    seeds = [two[0], two[1], *(two[whole(rng, 0, 2)] for _ in range(4))]
    responses = student.run(first_steps, normal(rng, 9, 9), ids(rng, 9, 12, 2), seeds)
    for seed, found in zip(seeds, responses, strict=True):
        if found != responses[seeds.index(seed)]:
            fail("The generator is not used: the same seed gives different responses.")
        if found == responses[1 - seeds.index(seed)]:
            fail("The generator is not used: different seeds give the same responses.")


@exercise("rlhf_step")
def test_one_prompt_is_not_enough(student, rng):
    settings = {"beta": 0.1, "most": 2, "stop": 3, "seed": 1}
    with expect_error("ValueError", what="rlhf_step with a single prompt"):
        student.run(one_step, normal(rng, 4, 4), normal(rng, 4, 4), normal(rng, 4), ids(rng, 4, 1, 2), settings)
    reference = normal(rng, 4, 4)
    seen = student.run(one_step, normal(rng, 4, 4), reference, normal(rng, 4), ids(rng, 4, 2, 2), settings)
    expect_equal(seen["reference"].detach(), reference, what="The reference after a step with two prompts")


@exercise("rlhf_step")
def test_a_high_price_pulls_back_to_the_reference(student, rng):
    # No reward at all, a high price: on average over the draws the step lowers KL to the reference.
    table, reference = normal(rng, 4, 4), normal(rng, 4, 4)
    prompts = torch.full((400, 1), 1)
    settings = {"beta": 1.0, "most": 1, "stop": 3, "seed": whole(rng, 0, 1 << 30)}
    seen = student.run(one_step, table, reference, torch.zeros(4), prompts, settings)

    def divergence(logits):
        log_p, log_q = logits[1].log_softmax(-1), reference[1].log_softmax(-1)
        return (log_p.exp() * (log_p - log_q)).sum().item()

    exact = table[1].clone().requires_grad_()
    log_p = exact.log_softmax(-1)
    (slope,) = torch.autograd.grad((log_p.exp() * (log_p - reference[1].log_softmax(-1))).sum(), exact)
    step = (seen["policy"] - table)[1]
    # Down KL's slope, up to the noise of 400 draws: each coordinate's deviation is at most spread / sqrt(400).
    spread = (log_p - reference[1].log_softmax(-1)).detach().abs().max().item()
    if (step + slope).abs().max() > 6 * 2 * spread / 20:
        fail("With no reward and a price on KL the policy does not move towards the reference.")
    if divergence(seen["policy"]) > divergence(table) + 0.3 * spread:
        fail("With no reward and a price on KL the policy moves away from the reference.")


# --- dpo_step -------------------------------------------------------------------------------------------------------


@probe
def gpt2_pairs(lesson, seeds, batch, beta):
    """One step of DPO with GPT-2s."""
    policy, reference = (builders.tiny_gpt2(seed, width=16, heads=2, layers=1) for seed in seeds)
    optimizer = torch.optim.SGD(policy.parameters(), lr=0.1)
    metrics = lesson.dpo_step(policy, reference, batch, optimizer, beta)
    untouched = builders.tiny_gpt2(seeds[1], width=16, heads=2, layers=1).state_dict()
    same = all(torch.equal(tensor, untouched[name]) for name, tensor in reference.state_dict().items())
    return {"metrics": metrics, "same": same, "graded": any(one.grad is not None for one in reference.parameters())}


@exercise("dpo_step")
def test_dpo_on_a_gpt2(student, rng):
    seeds, beta = [whole(rng, 0, 1 << 30), whole(rng, 0, 1 << 30)], 0.3
    batch, texts = {}, {}
    for side, lengths in (("chosen", (2, 4, 1)), ("rejected", (5, 1, 3))):
        longest = 3 + max(lengths) + 1
        input_ids = ids(rng, 53, 3, longest)
        mask, labels = torch.zeros_like(input_ids), torch.full_like(input_ids, -100)
        for row, length in enumerate(lengths):
            mask[row, : 3 + length] = 1
            labels[row, 3 : 3 + length] = input_ids[row, 3 : 3 + length]
        batch[side] = {"input_ids": input_ids, "attention_mask": mask, "labels": labels}
        texts[side] = [input_ids[row, : 3 + length] for row, length in enumerate(lengths)]
    seen = student.run(gpt2_pairs, seeds, batch, beta)
    models = [builders.tiny_gpt2(seed, width=16, heads=2, layers=1) for seed in seeds]

    @torch.no_grad()
    def log_p(model, text):
        table = model(text[None]).logits[0].double().log_softmax(dim=-1)
        return sum(table[place - 1, text[place]] for place in range(3, len(text)))

    rewards = {
        side: torch.stack([beta * (log_p(models[0], text) - log_p(models[1], text)) for text in texts[side]])
        for side in texts
    }
    if not seen["same"]:
        fail("The reference's weights change.")
    if seen["graded"]:
        fail("The reference gets a gradient.")
    loss = -torch.nn.functional.logsigmoid(rewards["chosen"] - rewards["rejected"]).mean()
    right = {
        "loss": loss.item(),
        "chosen_reward": rewards["chosen"].mean().item(),
        "rejected_reward": rewards["rejected"].mean().item(),
        "win_rate": (rewards["chosen"] > rewards["rejected"]).float().mean().item(),
        "chosen_length": 7 / 3,
        "rejected_length": 3.0,
    }
    for name, value in right.items():
        expect_close(seen["metrics"][name], value, what=f"The metric {name} of GPT-2s", **MODEL)


@probe
def repeated(lesson, tables, batch, steps):
    """Several steps of DPO on tables; the metrics of each and the reference at the end."""
    from types import SimpleNamespace

    class Table(nn.Module):
        def __init__(self, table):
            super().__init__()
            self.table = nn.Parameter(table.clone())

        def forward(self, input_ids, attention_mask=None, **more):
            return SimpleNamespace(logits=self.table[input_ids])

    policy, reference = Table(tables[0]), Table(tables[1]).requires_grad_(False)
    optimizer = torch.optim.SGD(policy.parameters(), lr=0.5)
    metrics = [lesson.dpo_step(policy, reference, batch, optimizer, 0.5) for _ in range(steps)]
    return {"metrics": metrics, "reference": reference.table, "trainable": reference.table.requires_grad}


@exercise("dpo_step")
def test_steps_add_up_to_a_preference(student, rng):
    table = normal(rng, 5, 5)
    prompt = ids(rng, 5, 3, 2)
    batch = {}
    for side, token in (("chosen", 1), ("rejected", 4)):
        rows = torch.cat([prompt, torch.full((3, 2), token)], dim=1)
        labels = rows.clone()
        labels[:, :2] = -100
        batch[side] = {"input_ids": rows, "attention_mask": torch.ones_like(rows), "labels": labels}
    seen = student.run(repeated, [table, table], batch, 12)
    first, last = seen["metrics"][0], seen["metrics"][-1]
    expect_close(first["loss"], math.log(2), what="The first loss, policy and reference being equal,", **FP32)
    expect_close(first["win_rate"], 0.0, what="The first win rate: a tie is no win. It",
                 mistakes={"win_rate counts ties as wins.": 1.0}, **FP32)  # fmt: skip
    if not torch.equal(seen["reference"], table) or seen["trainable"]:
        fail("The reference's weights or its requires_grad change.")
    if last["win_rate"] < 1.0 or last["loss"] > first["loss"] - 0.1:
        fail("Twelve steps on the same pairs teach no preference.")
