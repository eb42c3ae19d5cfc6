"""Checks of `group_advantages`."""

import math

import torch

from autograder.checks import exercise, expect_close, fail

# A constant up to 1e-4 beside a standard deviation of 0.5 or more moves things by 2e-4; mistakes by 0.01 or more.
GROUPS = {"rtol": 1e-3, "atol": 1e-3}


def by_group(rewards, size):
    """Group by group; the standard deviation with n - 1."""
    found = []
    for start in range(0, len(rewards), size):
        group = rewards[start : start + size].double()
        mean = group.sum() / size
        spread = math.sqrt(((group - mean) ** 2).sum() / max(size - 1, 1))
        equal = group.max() == group.min()
        found += [0.0 if equal else float((one - mean) / spread) for one in group]
    return torch.tensor(found)


def group_mistakes(rewards, size):
    """What known mistakes give."""
    groups = rewards.reshape(-1, size)
    mean = groups.mean(dim=1, keepdim=True)
    spread = groups.std(dim=1, keepdim=True) if size > 1 else torch.ones_like(mean)
    spread = torch.where(groups.amax(1, keepdim=True) == groups.amin(1, keepdim=True), 1.0, spread)
    few = groups.std(dim=1, keepdim=True, correction=0)
    few = torch.where(few < 1e-6, 1.0, few)
    others = (groups.sum(dim=1, keepdim=True) - groups) / max(size - 1, 1)
    interleaved = rewards.reshape(size, -1)
    gap = groups.amax(dim=1, keepdim=True) - groups.amin(dim=1, keepdim=True)
    found = {
        "It standardises over the whole batch instead of within each group.": (rewards - rewards.mean())
        / rewards.std(),
        "The mean is the batch's; each group has its own.": ((groups - rewards.mean()) / spread).reshape(-1),
        "The standard deviation is the batch's; each group has its own.": ((groups - mean) / rewards.std()).reshape(-1),
        "It is not divided by the standard deviation.": (groups - mean).reshape(-1),
        "The mean is not subtracted.": (groups / spread).reshape(-1),
        "It divides by the variance instead of the standard deviation.": ((groups - mean) / spread**2).reshape(-1),
        "The standard deviation is taken with n; here it is with n - 1.": ((groups - mean) / few).reshape(-1),
        "Each response is compared with the mean of the others, itself left out.": ((groups - others) / spread).reshape(
            -1
        ),
        "The groups are put together wrongly: responses to one prompt stand one behind the other.": (
            (interleaved - interleaved.mean(dim=0)) / interleaved.std(dim=0).clamp(min=1e-6)
        ).reshape(-1)
        if size > 1
        else rewards,
        "It divides by the range instead of the standard deviation.": ((groups - mean) / gap.clamp(min=1e-6)).reshape(
            -1
        ),
        "It returns a row per group; one advantage per response, (B,), is wanted.": by_group(rewards, size).reshape(
            -1, size
        ),
        "The sign is wrong: the best response gets the lowest advantage.": -by_group(rewards, size),
        "It subtracts the best reward of the group instead of the mean.": (
            (groups - groups.amax(dim=1, keepdim=True)) / spread
        ).reshape(-1),
        "It subtracts the median of the group instead of the mean.": (
            (groups - groups.median(dim=1, keepdim=True).values) / spread
        ).reshape(-1),
    }
    return found


@exercise("group_advantages")
def test_the_docstrings_groups(student):
    rewards = torch.tensor([1.0, 0, 3, 3, 2, 6])
    got = student.group_advantages(rewards, 2)
    if isinstance(got, torch.Tensor) and not torch.isfinite(got).all():
        fail(
            "A group with equal rewards is divided by its standard deviation of 0.",
            expected=by_group(rewards, 2),
            got=got,
        )
    half = math.sqrt(0.5)
    expect_close(
        got,
        torch.tensor([half, -half, 0, 0, -half, half]),
        what="The docstring's advantages",
        mistakes=group_mistakes(rewards, 2),
        **GROUPS,
    )


def apart(rng, groups, size):
    """Rewards with a standard deviation of 0.5 or more in every group, and groups far from each other."""
    ladder = torch.stack([torch.randperm(size, generator=rng) for _ in range(groups)]).float()
    return (ladder + 0.3 * rng.rand(groups, size) + 5 * rng.randn(groups, 1)).reshape(-1)


@exercise("group_advantages")
def test_groups_of_any_size(student, rng):
    for groups, size in ((3, 4), (2, 5), (4, 3)):
        rewards = apart(rng, groups, size)
        expect_close(
            student.group_advantages(rewards, size),
            by_group(rewards, size),
            what="The advantages",
            mistakes=group_mistakes(rewards, size),
            advice="rewards.reshape(-1, group_size) has a group in each row.",
            **GROUPS,
        )


@exercise("group_advantages")
def test_scale_and_shift_of_a_group_do_not_matter(student, rng):
    rewards = apart(rng, 3, 4)
    other = (
        rewards.reshape(3, 4) * torch.tensor([[2.0], [3.0], [5.0]]) + torch.tensor([[4.0], [-2.0], [9.0]])
    ).reshape(-1)
    expect_close(
        student.group_advantages(other, 4),
        by_group(rewards, 4),
        what="The advantages after each group was scaled and shifted",
        mistakes=group_mistakes(other, 4),
        advice="Only how a response compares within its group counts.",
        **GROUPS,
    )


@exercise("group_advantages")
def test_equal_rewards_teach_nothing(student, rng):
    rewards = apart(rng, 4, 3)
    rewards[3:6], rewards[6:9] = 1.0, 0.0  # all right, all wrong: the program that verifies says so
    got = student.group_advantages(rewards, 3)
    if isinstance(got, torch.Tensor) and not torch.isfinite(got).all():
        fail("A group with equal rewards is divided by its standard deviation of 0.", got=got)
    expect_close(
        got,
        by_group(rewards, 3),
        what="The advantages with groups of equal rewards",
        mistakes=group_mistakes(rewards, 3),
        **GROUPS,
    )
