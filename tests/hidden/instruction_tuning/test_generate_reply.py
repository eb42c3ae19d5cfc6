"""Hidden checks of `generate_reply`."""

from instruction_tuning_oracles import (
    beginning_mistakes,
    expect_not_asked_again,
    first_stop_mistakes,
    greedy,
    nothing_mistakes,
    replies,
    talkative,
)

from autograder.checks import exercise, expect_equal


def clear_talk(rng, rows, tokens):
    """A seed, prompts (rows, 5) and the replies to them, each token with a clear lead."""
    while True:
        seed, prompts = rng.randint(0, 100_000), rng.randint(0, 29, (2 * rows, 5))
        said, lead = greedy(talkative(seed), prompts, tokens)
        clear = [row for row in range(2 * rows) if lead[row] > 1e-3]
        if len(clear) >= rows:
            return seed, prompts[clear[:rows]], [said[row] for row in clear[:rows]]


@exercise("generate_reply")
def test_stop_ids_in_the_prompt_do_not_count(student, rng):
    while True:
        seed, prompts, said = clear_talk(rng, 1, 5)
        stops = [token for token in prompts[0].tolist() if token not in said[0]]
        if prompts[0, -1] in stops:
            break
    (result,) = student.run(replies, seed, [(prompts, stops, 5)])["replies"]
    expect_equal(
        result,
        said,
        what="The reply to a prompt that holds stop ids",
        mistakes=beginning_mistakes(prompts, stops, said),
    )


@exercise("generate_reply")
def test_few_tokens_and_no_stop_ids(student, rng):
    seed, prompts, said = clear_talk(rng, 2, 3)
    calls = [(prompts, [7], 0), (prompts, [], 1), (prompts, [], 3)]
    none, one, three = student.run(replies, seed, calls)["replies"]
    expect_equal(
        none,
        [[], []],
        what="The list of replies of no tokens",
        mistakes=nothing_mistakes(said),
    )
    expect_equal(one, [reply[:1] for reply in said], what="The list of replies of one token")
    expect_equal(three, said, what="The list of replies of three tokens")


@exercise("generate_reply")
def test_a_stop_at_the_first_token(student, rng):
    seed, prompts, said = clear_talk(rng, 2, 4)
    stops = [said[0][0], said[1][0]]
    answered = student.run(replies, seed, [(prompts, stops, 4)], train=True)
    (result,) = answered["replies"]
    expect_equal(
        result,
        [reply[:1] for reply in said],
        what="The list of replies where every row begins with a stop id",
        mistakes=first_stop_mistakes(said, stops),
    )
    expect_not_asked_again(answered["longest"][0], prompts, result)


@exercise("generate_reply")
def test_rows_do_not_depend_on_each_other(student, rng):
    seed, prompts, said = clear_talk(rng, 2, 3)
    calls = [(prompts[[row]], [], 3) for row in range(2)] + [(prompts.flip(0), [], 3)]
    *alone, reversed_rows = student.run(replies, seed, calls)["replies"]
    expect_equal(alone, [[reply] for reply in said], what="The list of replies to each prompt on its own")
    expect_equal(reversed_rows, said[::-1], what="The list of replies to the prompts in reverse order")
