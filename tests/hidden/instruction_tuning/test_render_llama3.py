"""Hidden checks of `render_llama3`."""

from instruction_tuning_oracles import message

from autograder.checks import exercise, expect_equal, expect_error


@exercise("render_llama3")
def test_llama3_strips_contents(student):
    text = student.render_llama3([message("user", "  Hi \n")])
    expected = "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
    expect_equal(
        text,
        expected,
        what="The text of a message with white space around it",
        mistakes={"White space around a content is kept; this template strips it.": expected.replace("Hi", "  Hi \n")},
    )
    with expect_error("ValueError", what="A role that isn't system, user or assistant"):
        student.render_llama3([message("human", "Hi")])
