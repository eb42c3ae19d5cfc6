"""Hidden checks of `ppo_clip_loss`."""

import math

import torch
from alignment_hidden_oracles import nothing_to_learn, wider_padding
from alignment_oracles import TOL_FP32

from autograder.checks import exercise, expect_close


@exercise("ppo_clip_loss")
def test_nothing_to_learn_from_in_the_clipped_loss(student, rng):
    nothing_to_learn(student, rng, "ppo_clip_loss")


@exercise("ppo_clip_loss")
def test_wider_padding_in_the_clipped_loss(student, rng):
    wider_padding(student, rng, "ppo_clip_loss")


@exercise("ppo_clip_loss")
def test_a_wider_clip_lets_more_through(student):
    # Ratio 1.5, advantage 1: clipped at 1.2 and 1.4, not at 1.6.
    logp, mask = torch.tensor([[math.log(1.5)]]), torch.ones(1, 1, dtype=torch.int64)
    for clip, expected in ((0.2, -1.2), (0.4, -1.4), (0.6, -1.5)):
        expect_close(
            student.ppo_clip_loss(logp, torch.zeros(1, 1), torch.ones(1, 1), mask, clip),
            torch.tensor(expected),
            what="The loss with another clip",
            mistakes={"clip is not used: it is 0.2 whatever is asked for.": torch.tensor(-1.2)},
            **TOL_FP32,
        )
