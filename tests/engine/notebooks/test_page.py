"""What a kernel says of its page, without a kernel."""

import json

from autograder.notebooks.page import Runs, still_true, unsure

NOTE = "Left out: code cell 2, line 1 is not valid Python (x)."


def page(*texts):
    return json.dumps({"cells": [{"cell_type": "code", "source": text} for text in texts]}).encode()


def test_a_note_on_a_cell_that_was_mended_is_dropped():
    texts = ["a = 1", "x = (", "x = 2"]
    assert still_true([NOTE], Runs(texts), page("a = 1", "x = 2")) == []
    assert still_true([NOTE], Runs(texts, {2: "one", 3: "one"}), None) == []


def test_a_note_names_the_cell_as_the_page_counts():
    texts = ["a = 1", "x = ("]
    assert still_true([NOTE], Runs(texts), page("b = 1", "a = 1", "x = (")) == [NOTE.replace("cell 2", "cell 3")]
    assert still_true([NOTE], Runs(texts), None) == [NOTE.replace("code cell 2", "In [2]")]
    assert still_true(["Something else."], Runs(texts), None) == ["Something else."]


def test_a_stub_is_no_other_version():
    stub = "def double(x):\n    raise NotImplementedError('double is not written yet')"
    assert unsure(Runs([stub, "def double(x):\n    return 2 * x"]), ["double"]) == []
    assert len(unsure(Runs(["def double(x):\n    return x", "def double(x):\n    return 2 * x"]), ["double"])) == 1
