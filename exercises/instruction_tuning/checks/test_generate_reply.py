"""Checks of `generate_reply`."""

import itertools
from dataclasses import dataclass

import torch
from instruction_tuning_oracles import (
    beginning_mistakes,
    cut_at,
    expect_not_asked_again,
    first_stop_mistakes,
    greedy,
    nothing_mistakes,
    replies,
    talkative,
)

from autograder.checks import StudentError, exercise, expect_equal, fail


@dataclass(frozen=True)
class Talk:
    """A model, two prompts and what it replies, greedily, each token with a clear lead over the runner-up.

    `stops` are two tokens: the first row says stops[0] at index ends[0], the second says stops[1] at ends[1], later
    than that; neither says them earlier, and no prompt holds them. The first prompt holds `asked`, which neither
    says. The first row says no 0 before its stop id.
    """

    seed: int
    prompts: torch.Tensor  # (2, 4)
    replies: list[list[int]]
    stops: list[int]
    ends: tuple[int, int]
    asked: int

    @property
    def model(self):
        return talkative(self.seed)


def draw_talk(rng) -> Talk:
    """Draw models and prompts until two rows are as `Talk` says."""
    while True:
        seed = rng.randint(0, 100_000)
        prompts = rng.randint(0, 29, (8, 4))
        said, lead = greedy(talkative(seed), prompts, 6)
        clear = [row for row in range(8) if lead[row] > 1e-3]
        for first, second in itertools.permutations(clear, 2):
            for early, late in ((1, 3), (1, 4), (2, 4)):
                stops = [said[first][early], said[second][late]]
                others = said[first][: late + 1] + said[second][: late + 1]
                unsaid = set(prompts[first].tolist()) - {*said[first], *said[second]}
                zero_early = 0 in said[first][:early]
                if {*stops} & {*prompts[[first, second]].flatten().tolist()}:
                    continue
                if others.count(stops[0]) == others.count(stops[1]) == 1 and unsaid and not zero_early:
                    rows = prompts[[first, second]], [said[first], said[second]]
                    return Talk(seed, *rows, stops, (early, late), min(unsaid))


@torch.no_grad()
def greedy_from_last_token(model, ids, tokens):
    """What the rows would reply if every step saw the last token alone."""
    said = []
    for _ in range(tokens):
        ids = model(ids).logits[:, -1:].argmax(dim=-1)  # (B, 1)
        said.append(ids)
    return torch.cat(said, dim=1).tolist()


@exercise("generate_reply")
def test_the_likeliest_tokens(student, rng):
    talk = draw_talk(rng)
    calls = [(talk.prompts, [], 6), (talk.prompts, [talk.asked], 6), (talk.prompts[:1], [talk.asked], 6)]
    result, with_stop, alone, nothing = student.run(replies, talk.seed, [*calls, (talk.prompts, [], 0)])["replies"]
    expect_equal(
        result,
        talk.replies,
        what="The list of replies without stop ids",
        mistakes={
            "The prompt is returned with the reply.": [
                prompt + reply for prompt, reply in zip(talk.prompts.tolist(), talk.replies, strict=True)
            ],
            "Only the first row is answered.": talk.replies[:1],
            "Only the first row is answered, and its list is not in a list.": talk.replies[0],
            "One token more than max_new_tokens is written.": lambda: greedy(talk.model, talk.prompts, 7)[0],
            "One token less than max_new_tokens is written.": [reply[:-1] for reply in talk.replies],
            "The replies are a tensor, not a list of ids for every row.": torch.tensor(talk.replies),
            "Every step sees only the last token, not the whole text so far.": lambda: greedy_from_last_token(
                talk.model, talk.prompts, 6
            ),
        },
        advice="At every step take the argmax of the logits at the last position and append it to the input.",
    )
    expect_equal(
        with_stop,
        talk.replies,
        what="The list of replies to a prompt that holds a stop id",
        mistakes=beginning_mistakes(talk.prompts, [talk.asked], talk.replies),
    )
    expect_equal(
        alone,
        talk.replies[:1],
        what="The list of replies to one prompt, which holds a stop id,",
        mistakes=beginning_mistakes(talk.prompts[:1], [talk.asked], talk.replies[:1]),
    )
    until = talk.ends[0]
    (with_zero,) = student.run(replies, talk.seed, [(talk.prompts[:1], [], until + 1)], zero=talk.stops[0])["replies"]
    before = talk.replies[0][:until]
    expect_equal(
        with_zero,
        [[*before, 0]],
        what="The list of replies that end with the token 0",
        mistakes={"An id of 0 at the end of a reply is dropped; it is a token like any other.": [before]},
    )
    expect_equal(nothing, [[], []], what="The list of replies of no tokens", mistakes=nothing_mistakes(talk.replies))


@exercise("generate_reply", points=2)
def test_a_row_stops_on_any_stop_id(student, rng):
    talk = draw_talk(rng)
    (first, second), (early, late) = talk.replies, talk.ends
    begin = [first[0], second[0]]
    answered = student.run(replies, talk.seed, [(rows, talk.stops, 6) for rows in (talk.prompts, talk.prompts.flip(0))])
    result, flipped = answered["replies"]
    right = [first[: early + 1], second[: late + 1]]
    # What the first row stopped on is said by it alone
    if [result, flipped] == [[right[0], second], [right[1], first]]:
        fail("The stop id that ended a row is the only one left for the rows after it.", expected=right, got=result)
    expect_equal(
        result,
        right,
        what="The list of replies with two stop ids",
        mistakes={
            "It does not stop on a stop id.": talk.replies,
            "It stops on the first of the stop ids only.": cut_at(talk.replies, talk.stops[:1]),
            "It stops on the last of the stop ids only.": cut_at(talk.replies, talk.stops[1:]),
            "The stop id that ended a row is not in its reply.": [first[:early], second[:late]],
            "All rows stop as soon as one does.": [first[: early + 1], second[: early + 1]],
            "A row goes on after its stop id until all rows have stopped.": [first[: late + 1], second[: late + 1]],
            "It writes one token beyond the stop id.": [first[: early + 2], second[: late + 2]],
        },
        advice="Keep one list per row, and append to it only while its last id is no stop id.",
    )
    expect_not_asked_again(answered["longest"][0], talk.prompts, result)
    (in_a_set,) = student.run(replies, talk.seed, [(talk.prompts, talk.stops, 6)], as_set=True)["replies"]
    expect_equal(
        in_a_set,
        result,
        what="The list of replies with the stop ids in a set",
        mistakes={"It finds no stop id in a set: a tensor never is in one, its number is.": talk.replies},
    )
    (at_once,) = student.run(replies, talk.seed, [(talk.prompts, begin, 6)])["replies"]
    expect_equal(
        at_once,
        [[first[0]], [second[0]]],
        what="The list of replies where every row begins with a stop id",
        mistakes=first_stop_mistakes(talk.replies, begin),
    )
    try:  # more tokens than the model has positions for, were it asked for all of them
        (result,) = student.run(replies, talk.seed, [(talk.prompts, talk.stops, 20)])["replies"]
    except StudentError as error:
        fail("Once every row has ended, it goes on asking the model.", got=str(error))
    expect_equal(
        result, [first[: early + 1], second[: late + 1]], what="The list of replies with many more tokens to go"
    )


@exercise("generate_reply")
def test_dropout_is_off_and_the_mode_restored(student, rng):
    talk = draw_talk(rng)
    result = student.run(replies, talk.seed, [(talk.prompts, [], 4)], dropout=1.0, train=True)

    def with_dropout():
        model = talk.model.train()
        model.transformer.drop.p = 1.0
        return greedy(model, talk.prompts, 4)[0]

    expect_equal(
        result["replies"][0],
        [reply[:4] for reply in talk.replies],
        what="The list of replies of a model that was in train mode",
        mistakes={"Dropout is active while it answers: the model must be in eval mode.": with_dropout},
    )
    assert result["training"], "The model was in train mode before, and is left in eval mode."
    in_eval_mode = student.run(replies, talk.seed, [(talk.prompts, [], 1)])
    begun = [reply[:1] for reply in talk.replies]
    expect_equal(in_eval_mode["replies"][0], begun, what="The list of replies of a model that was in eval mode")
    assert not in_eval_mode["training"], "The model was in eval mode before, and is left in train mode."
    if result["graphs"]:
        fail("A graph is built while it answers, and nothing is learned from it.", advice="with torch.no_grad():")
    if result["frozen"] != ["transformer.ln_f.bias"]:
        fail(
            "Answering changes what is trainable in the model.",
            expected=["transformer.ln_f.bias"],
            got=result["frozen"],
            advice="torch.no_grad() is enough; no flag of the model has to change.",
        )
    assert result["gradients_kept"], "Answering changes the gradients that the model had before."
