"""Hidden checks of `policy_gradient_loss`."""

from alignment_hidden_oracles import nothing_to_learn, wider_padding

from autograder.checks import exercise


@exercise("policy_gradient_loss")
def test_nothing_to_learn_from_in_the_policy_gradient(student, rng):
    nothing_to_learn(student, rng, "policy_gradient_loss")


@exercise("policy_gradient_loss")
def test_wider_padding_in_the_policy_gradient(student, rng):
    wider_padding(student, rng, "policy_gradient_loss")
