"""Hidden checks of `rlhf_step`."""

import torch
from alignment_oracles import TOL_FP32, clipped, expect_device_kept, expect_said, log_p_of_tokens

from autograder import builders
from autograder.checks import exercise, expect_close, expect_equal, expect_error, fail, probe


@probe
def one_step(student, table, reference, weights, prompts, settings):
    """One step on tables of logits, with a plain function as reward model."""
    policy, frozen = builders.TableLM(table), builders.TableLM(reference).requires_grad_(False)
    optimizer = torch.optim.SGD(policy.parameters(), lr=1.0)
    with torch.device(settings.get("default", "cpu")):
        metrics = student.rlhf_step(
            policy,
            frozen,
            lambda input_ids, attention_mask: (weights[input_ids] * attention_mask).sum(dim=1),
            prompts,
            optimizer,
            settings["beta"],
            settings["most"],
            settings["stop"],
            generator=torch.Generator().manual_seed(settings["seed"]),
            **settings.get("more", {}),
        )
    if "default" in settings:
        return {}
    return {
        "metrics": metrics,
        "policy": policy.table,
        "reference": frozen.table,
        "trainable": frozen.table.requires_grad,
    }


@exercise("rlhf_step")
def test_equal_returns_move_nothing(student, rng):
    # Every response gets the same reward and KL costs nothing: nobody is better than the mean.
    table, prompts = rng.randn(5, 5), rng.randint(0, 5, (4, 2))
    prompts[:] = prompts[:1]
    settings = {"beta": 0.0, "most": 3, "stop": 4, "seed": rng.randint(0, 1 << 30)}
    result = student.run(one_step, table, rng.randn(5, 5), torch.zeros(5), prompts, settings)
    moved = (result["policy"] - table).abs().max().item()
    if moved > 1e-5:
        fail(
            "The policy moves although every response got the same return.",
            expected=0.0,
            got=moved,
            advice="The advantage is the return minus the mean return of the batch.",
        )
    if result["trainable"]:
        fail("The reference's requires_grad is changed.")


@exercise("rlhf_step")
def test_responses_of_one_token(student, rng):
    # All rows share a prompt and answer with one token: the step can be written down with the counts of the tokens.
    # No token is so likely that all rows could say the same.
    table, reference, weights = 0.3 * rng.randn(4, 4), rng.randn(4, 4), rng.randn(4)
    prompts = torch.full((30, 2), 2)
    settings = {"beta": 0.5, "most": 1, "stop": 3, "seed": rng.randint(0, 1 << 30)}
    result = student.run(one_step, table, reference, weights, prompts, settings)
    tokens = torch.tensor([row[0] for row in result["metrics"]["responses"]])
    ratio = (table.log_softmax(-1) - reference.log_softmax(-1))[2]
    returns = 2 * weights[2] + weights[tokens] - 0.5 * ratio[tokens]
    advantages = returns - returns.mean()
    gradient = torch.zeros(4)
    for token, advantage in zip(tokens.tolist(), advantages.tolist(), strict=True):
        onehot = torch.zeros(4)
        onehot[token] = 1.0
        gradient += advantage * (onehot - table[2].softmax(dim=0)) / 30
    expected = table.clone()
    expected[2] += gradient
    expect_close(result["policy"], expected, what="The policy after a step on responses of one token", **TOL_FP32)
    expect_close(result["metrics"]["kl"], ratio[tokens].mean().item(), what="The metric kl", **TOL_FP32)
    expect_close(result["metrics"]["response_length"], 1.0, what="The metric response_length", **TOL_FP32)


@probe
def first_steps(student, table, prompts, seeds):
    """The responses of steps that begin alike, each with a generator of its own seed."""
    found = []
    for seed in seeds:
        policy = builders.TableLM(table)
        optimizer = torch.optim.SGD(policy.parameters(), lr=0.1)
        metrics = student.rlhf_step(
            policy,
            builders.TableLM(table),
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
    two = [rng.randint(0, 1 << 30), rng.randint(1 << 30, 1 << 31)]
    seeds = [two[0], two[1], *(two[rng.randint(0, 2)] for _ in range(4))]
    table, prompts = rng.randn(9, 9), rng.randint(0, 9, (12, 2))
    never = rng.randint(0, 9, (9,)).tolist()  # what never follows each token
    table[range(9), never] = -30.0
    responses = student.run(first_steps, table, prompts, seeds)
    for seed, found in zip(seeds, responses, strict=True):
        for last, row in zip(prompts[:, 1].tolist(), found, strict=True):
            ends = 0 not in row[:-1] and (len(row) == 4 or row[-1:] == [0])
            if not ends or any(after == never[token] for token, after in zip([last, *row], row)):  # noqa: B905
                fail("The responses hold what the policy never says.")
        if found != responses[seeds.index(seed)]:
            fail("The generator is not used: the same seed gives different responses.")
        if found == responses[1 - seeds.index(seed)]:
            fail("The generator is not used: different seeds give the same responses.")


@exercise("rlhf_step")
def test_a_single_prompt_is_an_error(student, rng):
    settings = {"beta": 0.1, "most": 2, "stop": 3, "seed": 1}
    words = ("prompt", "two", "row", "batch", "more", 1, 2)
    says = expect_said("The error about a single prompt doesn't say what to pass.", *words)
    with expect_error("ValueError", what="rlhf_step with a single prompt"), says:
        student.run(one_step, rng.randn(4, 4), rng.randn(4, 4), rng.randn(4), rng.randint(0, 4, (1, 2)), settings)
    reference = rng.randn(4, 4)
    result = student.run(one_step, rng.randn(4, 4), reference, rng.randn(4), rng.randint(0, 4, (2, 2)), settings)
    expect_equal(result["reference"].detach(), reference, what="The reference after a step with two prompts")


@exercise("rlhf_step")
def test_a_high_price_pulls_back_to_the_reference(student, rng):
    # No reward at all, a high KL coefficient. What the reference finds likely the policy finds unlikely, so the step
    # is a large one: down the mean slope over the tokens that were drawn, and KL falls.
    table, reference = rng.randn(4, 4), rng.randn(4, 4)
    table[1] = torch.tensor([rng.permutation([1.0, 0.4, -0.3, -1.1])])
    reference[1] = -table[1]
    settings = {"beta": 1.0, "most": 1, "stop": 3, "seed": rng.randint(0, 1 << 30)}
    result = student.run(one_step, table, reference, torch.zeros(4), torch.full((400, 1), 1), settings)
    tokens = torch.tensor([row[0] for row in result["metrics"]["responses"]])
    log_ratio = (table.log_softmax(-1) - reference.log_softmax(-1))[1]
    share = torch.bincount(tokens, minlength=4) / 400  # (4,)

    def after(returns):
        advantages = share * (returns - (share * returns).sum())
        moved = table.clone()
        moved[1] += advantages - advantages.sum() * table[1].softmax(dim=0)
        return moved

    def divergence(logits):
        log_p = logits[1].log_softmax(-1)
        return (log_p.exp() * (log_p - reference[1].log_softmax(-1))).sum().item()

    expect_close(
        result["policy"],
        after(-log_ratio),
        what="The policy after a step with no reward and a KL coefficient above 0",
        **TOL_FP32,
    )
    if divergence(result["policy"]) > divergence(table) - 0.1:
        fail("With no reward and a KL coefficient above 0 the policy does not move towards the reference.")


@exercise("rlhf_step")
def test_any_row_may_hold_the_longest_response(student, rng):
    # What follows is certain: 0, 1, 2 and then 3, which ends a response.
    table = torch.full((4, 4), -60.0)
    table[torch.arange(3), torch.arange(1, 4)] = 60.0
    reference, weights = rng.randn(4, 4), rng.randn(4)
    first = rng.permutation(range(4))[:3]
    settings = {"beta": 0.2, "most": 5, "stop": 3, "seed": 0}
    for last in ([0, 1, 2], [2, 1, 0]):
        prompts = torch.tensor([first, last]).T
        texts = [[one, *range(two, 4)] for one, two in zip(first, last, strict=True)]
        metrics = student.run(one_step, table, reference, weights, prompts, settings)["metrics"]
        expect_equal(metrics["responses"], [text[2:] for text in texts], what="The responses")
        expect_close(metrics["response_length"], 2.0, what="The metric response_length", **TOL_FP32)
        reward = torch.stack([weights[text].sum() for text in texts]).mean().item()
        expect_close(metrics["reward"], reward, what="The metric reward", **TOL_FP32)
        surer = [log_p_of_tokens(reference, torch.tensor([text]))[0, 1:].sum() for text in texts]
        expect_close(metrics["kl"], -torch.stack(surer).mean().item(), what="The metric kl", **TOL_FP32)
    with expect_device_kept():
        student.run(one_step, table, reference, weights, prompts, settings | {"default": "meta"})


@exercise("rlhf_step")
def test_ratios_count_up_to_a_fifth_unless_said(student, rng):
    # Rewards so large that the first of two updates moves every ratio far beyond the clip: the second loss shows it.
    table, weights = rng.randn(4, 4), 300 * torch.tensor([1.0, -1.0, 0.0, 0.0])
    prompts = torch.tensor([[0], [1]]).repeat(8, 1)
    settings = {"beta": 0.0, "most": 1, "stop": 3, "seed": rng.randint(0, 1 << 30), "more": {"updates": 2}}
    result = student.run(one_step, table, table, weights, prompts, settings)
    ids = torch.cat([prompts, torch.tensor(result["metrics"]["responses"])], dim=1)  # (16, 2)
    score = weights[ids].sum(dim=1).double()
    advantages = (score - score.mean())[:, None]  # (16, 1)

    def loss_of(policy, clip):
        ratio = (log_p_of_tokens(policy, ids) - log_p_of_tokens(table.double(), ids)).exp()
        return -clipped(ratio, advantages, clip).mean()

    before = table.double().requires_grad_()
    (slope,) = torch.autograd.grad(loss_of(before, 0.2), before)
    after = table.double() - slope
    after = after.requires_grad_()
    (slope,) = torch.autograd.grad(loss_of(after, 0.2), after)
    expect_close(
        result["policy"],
        (after - slope).detach().float(),
        what="The policy after two updates without a clip that is said",
        rtol=1e-4,
        atol=1e-2,  # the updates move it by 10 and more
    )
    expect_close(
        result["metrics"]["loss"],
        (loss_of(before, 0.2) / 2 + loss_of(after, 0.2) / 2).item(),
        what="The metric loss of two updates without a clip that is said",
        rtol=2e-5,  # of at most a few thousand; another clip moves it by 0.1 and more
        atol=1e-3,
    )
