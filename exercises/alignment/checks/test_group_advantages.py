"""Checks of `group_advantages`."""

import torch
from alignment_oracles import expect_dtype_kept, expect_equal_rewards_teach_nothing, expect_said, expect_within

from autograder.checks import AnyOf, exercise, expect_close, expect_error, fail, in_drawn_order, probe

# A constant up to 1e-4 beside a standard deviation of 0.5 or more moves things by 2e-4; mistakes by 0.01 or more.
TOL_GROUPS = {"rtol": 1e-3, "atol": 1e-3}


# --- the right advantages, in parts ---------------------------------------------------------------------------------


def in_rows(rewards, size):
    """(B,) → (G, size), a group in each row."""
    return rewards.reshape(-1, size)


def interleaved(rewards, size):
    """(B,) → (G, size), where every G-th reward is taken for the same group."""
    return rewards.reshape(size, -1).T


def mean(groups):
    """(G, size) → (G, 1)"""
    return groups.mean(dim=1, keepdim=True)


def mean_of_the_others(groups):
    """(G, size) → (G, size)"""
    return (groups.sum(dim=1, keepdim=True) - groups) / (groups.shape[1] - 1)


def deviation(groups, correction=1):
    """The standard deviation, with n - 1; 1 where all are equal: (G, size) → (G, 1)."""
    return torch.where(value_range(groups) == 0, 1.0, groups.std(dim=1, keepdim=True, correction=correction))


def value_range(groups):
    """(G, size) → (G, 1)"""
    return groups.amax(dim=1, keepdim=True) - groups.amin(dim=1, keepdim=True)


def standardised(rewards, size, grouped=in_rows, centre=mean, divisor=deviation, sign=1.0):
    """(reward - mean of its group) / standard deviation of its group; 0 where all of a group are equal: (B,)."""
    groups = grouped(rewards.double(), size)  # (G, size)
    advantages = sign * (groups - centre(groups)) / divisor(groups)  # (G, size)
    flat = advantages.T if grouped is interleaved else advantages
    return flat.reshape(-1).float()


# Sentence → the part of `standardised` that is another one.
GROUP_MISTAKES = {
    "It standardises over the whole batch instead of within each group.": {"centre": torch.mean, "divisor": torch.std},
    "The mean is the batch's; each group has its own.": {"centre": torch.mean},
    "The standard deviation is the batch's; each group has its own.": {"divisor": torch.std},
    "It is not divided by the standard deviation.": {"divisor": lambda groups: 1.0},
    "The mean is not subtracted.": {"centre": lambda groups: 0.0},
    "It divides by the variance instead of the standard deviation.": {"divisor": lambda groups: deviation(groups) ** 2},
    "The standard deviation is taken with n; here it is with n - 1.": {
        "divisor": lambda groups: deviation(groups, correction=0)
    },
    "Each response is compared with the mean of the others, itself left out.": {"centre": mean_of_the_others},
    "The groups are put together wrongly: responses to one prompt stand one behind the other.": {
        "grouped": interleaved
    },
    "It divides by the range instead of the standard deviation.": {
        "divisor": lambda groups: value_range(groups).clamp(min=1e-6)
    },
    "The sign is wrong: the best response gets the lowest advantage.": {"sign": -1.0},
    "It subtracts the best reward of the group instead of the mean.": {
        "centre": lambda groups: groups.amax(dim=1, keepdim=True)
    },
    "It subtracts the median of the group instead of the mean.": {
        "centre": lambda groups: groups.median(dim=1, keepdim=True).values
    },
}


def group_mistakes(rewards, size):
    """Sentence → the advantages with that mistake."""
    return {
        **{sentence: standardised(rewards, size, **parts) for sentence, parts in GROUP_MISTAKES.items()},
        "It returns a row per group; one advantage per response, (B,), is wanted.": (
            standardised(rewards, size).reshape(-1, size)
        ),
    }


def draw_groups(rng, groups, size):
    """Rewards with a standard deviation of 0.5 or more in every group, and groups far from each other: (B,)."""
    ladder = torch.stack([torch.randperm(size, generator=rng) for _ in range(groups)]).float()
    return (ladder + 0.3 * rng.rand(groups, size) + 5 * rng.randn(groups, 1)).reshape(-1)


def expect_finite(advantages, **shown):
    if isinstance(advantages, torch.Tensor) and not torch.isfinite(advantages).all():
        fail("A group with equal rewards is divided by its standard deviation of 0.", **shown, got=advantages)


@exercise("group_advantages")
def test_group_advantages_docstring_example(student, rng):
    example = torch.tensor([1.0, 0, 3, 3, 2, 6])
    for rewards, size, what in (
        (example, 2, "The docstring's advantages"),
        (draw_groups(rng, 2, 3), 3, "The advantages in two groups of three"),
    ):
        result = student.group_advantages(rewards, size)
        expect_finite(result, expected=standardised(rewards, size))
        expect_close(
            result, standardised(rewards, size), what=what, mistakes=group_mistakes(rewards, size), **TOL_GROUPS
        )


@exercise("group_advantages")
def test_groups_of_any_size(student, rng):
    for groups, size in ((3, 4), (2, 5), (4, 3)):
        rewards = draw_groups(rng, groups, size)
        expect_close(
            student.group_advantages(rewards, size),
            standardised(rewards, size),
            what="The advantages",
            mistakes=group_mistakes(rewards, size),
            advice="rewards.reshape(-1, group_size) has a group in each row.",
            **TOL_GROUPS,
        )
    expect_dtype_kept(
        lambda given: student.group_advantages(given, size),
        (rewards,),
        lambda given: standardised(given, size),
        "The advantages",
        tolerance=TOL_GROUPS,  # for the constant that is allowed
    )


@exercise("group_advantages")
def test_scale_and_shift_of_a_group_do_not_matter(student, rng):
    rewards = draw_groups(rng, 3, 4)
    scale, shift = torch.tensor([[2.0], [3.0], [5.0]]), torch.tensor([[4.0], [-2.0], [9.0]])  # (G, 1)
    other = (rewards.reshape(3, 4) * scale + shift).reshape(-1)
    expect_close(
        student.group_advantages(other, 4),
        standardised(rewards, 4),
        what="The advantages after each group was scaled and shifted",
        mistakes=group_mistakes(other, 4),
        advice="Only how a response compares within its group counts.",
        **TOL_GROUPS,
    )
    # Rewards in steps of 1/512 far from 0, which float32 holds exactly. A constant of 1e-4 makes a difference of 4%.
    close = torch.stack([torch.randperm(4, generator=rng) for _ in range(3)]).flatten() / 512 + 1024
    expect_close(
        student.group_advantages(close, 4),
        standardised(close, 4),
        what="The advantages of rewards that are close to each other",
        mistakes={
            "Rewards that are close to each other are taken for equal ones.": torch.zeros(12),
            "The constant beside the standard deviation is larger than 1e-4.": AnyOf(
                *(
                    standardised(close, 4, divisor=lambda groups, more=more: deviation(groups) + more)
                    for more in (5e-4, 1e-3, 1e-2, 0.1, 1.0)
                )
            ),
        },
        rtol=0.06,
        atol=1e-3,
    )


@exercise("group_advantages")
def test_equal_rewards_teach_nothing(student, rng):
    rewards = draw_groups(rng, 4, 3)
    rewards[3:6], rewards[6:9] = 1.0, 0.0  # all right, all wrong: the program that verifies says so
    result = student.group_advantages(rewards, 3)
    expect_finite(result)
    expect_close(
        result,
        standardised(rewards, 3),
        what="The advantages with groups of equal rewards",
        mistakes=group_mistakes(rewards, 3),
        **TOL_GROUPS,
    )
    # The mean of seven times 0.1 is not 0.1 in float32, so the standard deviation is a rounding error and not 0.
    other = draw_groups(rng, 1, 7)
    got = student.group_advantages(torch.cat([torch.full((7,), 0.1), other]), 7)
    expect_equal_rewards_teach_nothing(got, 7, standardised(other, 7))
    got = student.group_advantages(rewards, 1)
    if isinstance(got, torch.Tensor) and torch.isnan(got).any():
        fail("A group of one gives NaN: its standard deviation with n - 1 does not exist; it has nothing to teach.")
    expect_close(got, torch.zeros(12), what="The advantages in groups of one", rtol=0, atol=1e-3)


@probe
def advantages_graph(student, rewards, size):
    """The advantages of rewards with a graph, and whether they have one."""
    found = student.group_advantages(rewards.requires_grad_(), size)
    return {"graph": found.requires_grad, "advantages": found.detach()}


@exercise("group_advantages")
def test_advantages_of_groups_are_data(student, rng):
    rewards = draw_groups(rng, 2, 4)
    result = student.run(advantages_graph, rewards, 4)
    expect_close(
        result["advantages"],
        standardised(rewards, 4),
        what="The advantages",
        mistakes=group_mistakes(rewards, 4),
        **TOL_GROUPS,
    )
    if result["graph"]:
        fail("The advantages have a graph; they are data.")
    # Differences far below 1e-4, which a constant beside the standard deviation makes smaller still.
    groups = torch.stack([torch.randperm(4, generator=rng) for _ in range(6)]) * 1e-7 * (1 + rng.rand(6, 1))
    expect_within(student.group_advantages(torch.cat([groups.flatten(), rewards]), 4)[:24], groups)


@exercise("group_advantages")
def test_an_unfinished_group_is_an_error(student, rng):
    groups, size = rng.randint(2, 6), rng.randint(3, 8)
    rewards = draw_groups(rng, groups, size)

    def unfinished():
        # One of these, or one of the numbers
        words = ("group", "reward", "multiple", "divi", len(rewards) - 1, size)
        says = expect_said("The error about the groups doesn't say what to pass.", *words)
        with expect_error("ValueError", what="group_advantages with rewards that make no whole groups"), says:
            student.group_advantages(rewards[1:], size)

    def below_one(size):
        with expect_error("ValueError", what="group_advantages with a group size below 1"):
            student.group_advantages(rewards, size)

    def whole():
        got, mistakes = student.group_advantages(rewards, size), group_mistakes(rewards, size)
        expected = standardised(rewards, size)
        expect_close(got, expected, what="The advantages in whole groups", mistakes=mistakes, **TOL_GROUPS)

    in_drawn_order(rng, unfinished, whole, lambda: below_one(0), lambda: below_one(-size))
