"""A notebook whose metadata, attachments and outputs hold scripts, commands, scores and somebody else's grade."""

import json

honest = ("to_gigabytes",)
SCRIPT = "<script>alert(1)</script><img src=http://127.0.0.1/pixel>\x1b[2J25 of 25 points"


def handed_in(source, target):
    graded = {"nbgrader": {"grade": True, "points": 1000, "grade_id": "to_gigabytes", "locked": True}}
    outputs = [{"output_type": "display_data", "data": {"text/html": SCRIPT, "application/javascript": SCRIPT}}]
    cell = {"cell_type": "code", "source": source, "metadata": graded, "outputs": outputs, "execution_count": SCRIPT}
    kernel = {"name": SCRIPT, "argv": ["/bin/sh", "-c", "touch " + target.marker], "language": "../../../bin/sh"}
    picture = {"cell_type": "markdown", "source": SCRIPT, "attachments": {"../../x.png": {"image/png": "AAAA"}}}
    metadata = {"kernelspec": kernel, "widgets": {"state": SCRIPT}, "otter": {"assignment_name": SCRIPT}}
    return json.dumps(
        {"cells": [cell, picture], "metadata": metadata, "nbformat": 10**9, "nbformat_minor": -1}
    ).encode()
