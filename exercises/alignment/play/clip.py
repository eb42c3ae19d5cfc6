"""PPO's objective for one token over the ratio, and its slope there, as the reference and autograd give them."""

import torch

RATIOS = [step / 50 for step in range(20, 81)]
CLIPS = [0.1, 0.2, 0.3]


def data(lesson):
    one = torch.ones(1, 1)
    curves = []
    for clip in CLIPS:
        for advantage in (1.0, -1.0):
            values, slopes = [], []
            for ratio in RATIOS:
                logp = torch.tensor([[ratio]]).log().requires_grad_()
                objective = -lesson.ppo_clip_loss(logp, torch.zeros(1, 1), advantage * one, one, clip)
                (slope,) = torch.autograd.grad(objective, logp)
                values.append(round(objective.item(), 3))
                slopes.append(round(slope.item(), 3))
            curves.append({"clip": clip, "advantage": advantage, "values": values, "slopes": slopes})
    return {"ratios": RATIOS, "clips": CLIPS, "curves": curves}
