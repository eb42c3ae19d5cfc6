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
def test_a_wider_clip_lets_more_through(student, rng):
    # A ratio around 1.5, advantage 1: clipped at 1.2 and around 1.3, not above 1.6.
    ratio, mask = 1.45 + 0.1 * float(rng.rand(())), torch.ones(1, 1, dtype=torch.int64)
    clips = [0.2, 0.25 + 0.1 * float(rng.rand(())), 0.6 + 0.1 * float(rng.rand(()))]
    for clip in rng.permutation(clips):
        expect_close(
            student.ppo_clip_loss(torch.tensor([[math.log(ratio)]]), torch.zeros(1, 1), torch.ones(1, 1), mask, clip),
            torch.tensor(-min(ratio, 1 + clip)),
            what="The loss with another clip",
            mistakes={
                "clip is not used: it is 0.2 whatever is asked for.": torch.tensor(-1.2),
                "Nothing is clipped.": torch.tensor(-ratio),
                "The ratio is clipped from below only.": torch.tensor(-ratio),
                "It takes the larger of the two terms; the smaller one is the cautious one.": (
                    torch.tensor(-max(ratio, min(ratio, 1 + clip)))
                ),
            },
            **TOL_FP32,
        )
