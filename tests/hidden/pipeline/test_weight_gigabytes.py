"""Hidden checks of `weight_gigabytes`."""

from pipeline_oracles import card, expect_rows, weights_row

from autograder.checks import exercise


@exercise("weight_gigabytes")
def test_experts_all_have_to_be_there(student, rng):
    active, all_of_them = rng.randint(2, 9) * 10**9, rng.randint(20, 90) * 10**9
    moe = card("qwen", "3", all_of_them, stage="alignment", active=active)
    odd = card("qwen", "3", rng.randint(100, 900) * 2 * 10**6 + 10**6, bits=3)  # three digits after the point and more
    quantized = {**moe, "bits": rng.choice([1, 2, 4, 8]), "method": "gptq"}
    rows = [weights_row(one) for one in (moe, odd, quantized)]
    expect_rows(rng, student.weight_gigabytes, rows, "The gigabytes of a mixture of experts", rtol=1e-9)
