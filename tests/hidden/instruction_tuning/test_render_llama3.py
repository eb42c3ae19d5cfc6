"""Hidden checks of `render_llama3`."""

from instruction_tuning_oracles import llama3, message, random_word

from autograder.checks import exercise, expect_equal, expect_error


@exercise("render_llama3")
def test_llama3_strips_contents(student, rng):
    role, reply = rng.choice(["system", "user", "assistant"]), f"{random_word(rng)} \n {random_word(rng)}"
    expect_equal(
        student.render_llama3([message(role, f"\t {reply} \n\n")]),
        llama3(role, reply),
        what="The text of a message with white space around it",
        mistakes={
            "White space around a content is kept; this template strips it.": llama3(role, f"\t {reply} \n\n"),
        },
    )
    with expect_error("ValueError", what="A role that isn't system, user or assistant"):
        student.render_llama3([message("user", "Hi"), message("Assistant", reply)])
