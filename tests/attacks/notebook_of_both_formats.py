"""A notebook that has cells and worksheets, with other code in each, and the keys of a cell twice."""

import json

honest = ("to_gigabytes",)


def handed_in(source, target):
    forged = {"cell_type": "code", "source": "raise SystemExit"}
    sheet = {"cells": [{"cell_type": "code", "input": source, "language": "python"}]}
    text = json.dumps({"cells": [forged], "worksheets": [sheet, 7, None, {"cells": 3}], "nbformat": 3})
    return text.replace(
        '"cell_type": "code", "input"', '"cell_type": "markdown", "cell_type": "code", "input"'
    ).encode()
