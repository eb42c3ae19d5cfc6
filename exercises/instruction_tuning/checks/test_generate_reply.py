"""Checks of `generate_reply`."""

import itertools

import torch
from torch import nn

from autograder import builders
from autograder.checks import exercise, expect_equal, probe


@probe
def replies(student, seed, prompts, stop_ids, max_new_tokens, dropout, train):
    """What generate_reply gives for a model that says many different things, and the mode that it leaves."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    generator = torch.Generator().manual_seed(seed)
    model.lm_head.weight = nn.Parameter(torch.randn(29, 16, generator=generator))
    with torch.no_grad():
        for layer in (model.transformer.h[0].attn.c_attn, model.transformer.h[0].attn.c_proj):
            layer.weight.mul_(10.0)
    model.transformer.drop.p = dropout
    model.train(train)
    found = student.generate_reply(model, prompts, stop_ids, max_new_tokens)
    return {"replies": found, "training": model.training}


def until(said, stops):
    """What is left of replies when each ends with the first of the stop ids in it."""
    ends = (next((place for place, token in enumerate(reply) if token in stops), len(reply)) for reply in said)
    return [reply[: end + 1] for reply, end in zip(said, ends, strict=True)]


class Talk:
    """A model, two prompts and what it says next, greedily, each token with a clear lead over the runner-up.

    `stops` are two tokens: the first row says stops[0] at place `ends[0]`, the second says stops[1] at `ends[1]`, later
    than that; neither says them earlier.
    """

    def __init__(self, rng):
        while True:
            self.seed = rng.randint(0, 100_000)
            self.model = self.talkative(self.seed)
            prompts = rng.randint(0, 29, (8, 4))
            said, lead = self.go_on(prompts, 6)
            clear = [row for row in range(8) if lead[row] > 1e-3]
            for first, second in itertools.permutations(clear, 2):
                for early, late in ((1, 3), (1, 4), (2, 4)):
                    stops = said[first][early], said[second][late]
                    others = said[first][: late + 1] + said[second][: late + 1]
                    if others.count(stops[0]) == others.count(stops[1]) == 1:
                        self.prompts, self.said = prompts[[first, second]], [said[first], said[second]]
                        self.stops, self.ends = list(stops), (early, late)
                        return

    @staticmethod
    def talkative(seed):
        """As the probe builds it: an output layer of its own and strong attention make it say different things."""
        model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
        generator = torch.Generator().manual_seed(seed)
        model.lm_head.weight = nn.Parameter(torch.randn(29, 16, generator=generator))
        with torch.no_grad():
            for layer in (model.transformer.h[0].attn.c_attn, model.transformer.h[0].attn.c_proj):
                layer.weight.mul_(10.0)
        return model

    @torch.no_grad()
    def go_on(self, ids, tokens):
        """What each row says in so many tokens, and the smallest distance of its winners to the runners-up."""
        length, lead = ids.shape[1], torch.full(ids.shape[:1], float("inf"))
        for _ in range(tokens):
            best = self.model(ids).logits[:, -1].topk(2, dim=-1)
            lead = torch.minimum(lead, best.values[:, 0] - best.values[:, 1])
            ids = torch.cat([ids, best.indices[:, :1]], dim=1)
        return ids[:, length:].tolist(), lead

    @torch.no_grad()
    def forgetting(self, tokens):
        """What the rows would say if every step saw the last token alone."""
        ids, said = self.prompts, []
        for _ in range(tokens):
            ids = self.model(ids).logits[:, -1:].argmax(dim=-1)
            said.append(ids)
        return torch.cat(said, dim=1).tolist()


@exercise("generate_reply")
def test_the_likeliest_tokens(student, rng):
    talk = Talk(rng)
    seen = student.run(replies, talk.seed, talk.prompts, [], 6, 0.0, False)
    expect_equal(
        seen["replies"],
        talk.said,
        what="The list of replies without stop ids",
        mistakes={
            "The prompt is returned with the reply.": lambda: [
                prompt + said for prompt, said in zip(talk.prompts.tolist(), talk.said, strict=True)
            ],
            "Only the first row is answered.": talk.said[:1],
            "Only the first row is answered, and its list is not in a list.": talk.said[0],
            "One token more than max_new_tokens is written.": lambda: talk.go_on(talk.prompts, 7)[0],
            "One token less than max_new_tokens is written.": [said[:-1] for said in talk.said],
            "The replies are a tensor, not a list of ids for every row.": torch.tensor(talk.said),
            "Every step sees the token before it and not the whole text so far.": lambda: talk.forgetting(6),
        },
        advice="At every step take the argmax of the logits at the last position and append it to the input.",
    )


@exercise("generate_reply", points=2)
def test_a_row_stops_on_any_stop_id(student, rng):
    talk = Talk(rng)
    (first, second), (early, late) = talk.said, talk.ends
    seen = student.run(replies, talk.seed, talk.prompts, talk.stops, 6, 0.0, False)
    expect_equal(
        seen["replies"],
        [first[: early + 1], second[: late + 1]],
        what="The list of replies with two stop ids",
        mistakes={
            "It does not stop on a stop id.": talk.said,
            "It stops on the first of the stop ids only.": until(talk.said, talk.stops[:1]),
            "It stops on the last of the stop ids only.": until(talk.said, talk.stops[1:]),
            "The stop id that ended a row is not in its reply.": [first[:early], second[:late]],
            "All rows stop as soon as one does.": [first[: early + 1], second[: early + 1]],
            "A row goes on after its stop id until all rows have stopped.": [first[: late + 1], second[: late + 1]],
            "It writes one token beyond the stop id.": [first[: early + 2], second[: late + 2]],
        },
        advice="Keep one list per row, and append to it only while its last id is no stop id.",
    )


@exercise("generate_reply")
def test_dropout_is_off_and_the_mode_restored(student, rng):
    talk = Talk(rng)
    seen = student.run(replies, talk.seed, talk.prompts, [], 4, 1.0, True)
    dropped = []
    if seen["replies"] != [said[:4] for said in talk.said]:
        talk.model.transformer.drop.p = 1.0
        dropped = talk.model.train() and talk.go_on(talk.prompts, 4)[0]
    expect_equal(
        seen["replies"],
        [said[:4] for said in talk.said],
        what="The list of replies of a model that was in train mode",
        mistakes={"Dropout is active while it answers: the model must be in eval mode.": dropped},
    )
    assert seen["training"], "The model was in train mode before, and is left in eval mode."
