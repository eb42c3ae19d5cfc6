"""Hidden checks of `group_advantages`."""

import math

import torch
from alignment_oracles import expect_dtype_kept, expect_equal_rewards_teach_nothing, expect_said, expect_within

from autograder.checks import exercise, expect_close, expect_error, fail, in_drawn_order, probe


@exercise("group_advantages")
def test_equal_rewards_with_rounding(student, rng):
    # The mean of so many times 0.1 is not 0.1 in float32, so the standard deviation is a rounding error and not 0.
    for size, reward in ((7, 0.1), (7, -0.1), (6, 0.1), (14, 0.1)):
        order = torch.randperm(size, generator=rng)
        got = student.group_advantages(torch.cat([torch.full((size,), reward), 1.0 * order]), size)
        others = (order - (size - 1) / 2) / math.sqrt(size * (size + 1) / 12)
        expect_equal_rewards_teach_nothing(got, size, others)


@exercise("group_advantages")
def test_rewards_that_hardly_differ(student, rng):
    # A constant up to 1e-4 beside a standard deviation far below it makes advantages small, but turns none around.
    spread = 1e-7 * (1 + rng.rand(10, 1))
    ladder = torch.stack([torch.randperm(4, generator=rng) for _ in range(10)])
    groups = ladder * spread  # (10, 4)
    got = student.group_advantages(torch.cat([groups.flatten(), torch.arange(4.0)]), 4)
    expect_close(got[40:], (torch.arange(4.0) - 1.5) / math.sqrt(5 / 3), what="The other group", rtol=1e-3, atol=1e-3)
    expect_within(got[:40], groups)


@exercise("group_advantages")
def test_a_group_of_one(student, rng):
    rewards = torch.cat([torch.arange(4.0) + 0.5 * rng.rand(4) for _ in range(3)])

    def of_one():
        got = student.group_advantages(rewards[:3], 1)
        if isinstance(got, torch.Tensor) and torch.isnan(got).any():
            fail("A group of one gives NaN: its standard deviation with n - 1 does not exist; it has nothing to teach.")
        expect_close(got, torch.zeros(3), what="The advantages in groups of one", rtol=0, atol=1e-3)

    def one_group():
        expected = (rewards - rewards.mean()) / rewards.std()
        got = student.group_advantages(rewards, 12)
        expect_close(got, expected, what="The advantages in one group", rtol=1e-3, atol=1e-3)

    in_drawn_order(rng, of_one, one_group)


@exercise("group_advantages")
def test_rewards_that_fill_no_group_are_errors(student, rng):
    rewards = torch.arange(8.0) + 0.5 * rng.rand(8)

    def no_groups(size):
        words = ("group", "reward", "multiple", "divi", 8, abs(size))
        says = expect_said("The error about the groups doesn't say what to pass.", *words)
        of = "rewards that make no whole groups" if size > 0 else "a group size below 1"
        with expect_error("ValueError", what=f"group_advantages with {of}"), says:
            student.group_advantages(rewards, size)

    def two_groups():
        groups = rewards.reshape(2, 4)
        expected = (groups - groups.mean(dim=1, keepdim=True)) / groups.std(dim=1, keepdim=True)
        got = student.group_advantages(rewards, 4)
        expect_close(got, expected.flatten(), what="The advantages in two groups", rtol=1e-3, atol=1e-3)

    illegal = (rng.choice([3, 5, 6, 7]), 0, -rng.choice([1, 2, 4, 8]))
    in_drawn_order(rng, two_groups, *(lambda size=size: no_groups(size) for size in illegal))


@probe
def advantages_graph(student, rewards):
    """Whether advantages of rewards with a graph have one."""
    found = student.group_advantages(rewards.requires_grad_(), 2)
    return {"graph": found.requires_grad, "advantages": found.detach()}


@exercise("group_advantages")
def test_advantages_are_data(student, rng):
    rewards = 3 * torch.arange(20.0)[torch.randperm(20, generator=rng)]
    result = student.run(advantages_graph, rewards)
    if result["graph"]:
        fail("The advantages have a graph; they are data.")
    first, second = rewards.view(10, 2).unbind(dim=1)
    expected = torch.stack([first - second, second - first], dim=1).sign().flatten() / 2**0.5
    expect_close(result["advantages"], expected, what="The advantages in groups of two", rtol=1e-3, atol=1e-3)


@exercise("group_advantages")
def test_groups_do_not_touch_each_other(student, rng):
    rewards = torch.cat([torch.arange(4.0) + rng.rand(4) for _ in range(3)])
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
    expected = (groups - groups.mean(dim=1, keepdim=True)) / groups.std(dim=1, keepdim=True)
    expect_close(first, expected.flatten(), what="The advantages", rtol=1e-3, atol=1e-3)

    def formula(rewards, size):
        groups = rewards.view(-1, size)
        return ((groups - groups.mean(dim=1, keepdim=True)) / groups.std(dim=1, keepdim=True)).flatten()

    expect_dtype_kept(student.group_advantages, (rewards, 4), formula, "The advantages", torch.bfloat16)
