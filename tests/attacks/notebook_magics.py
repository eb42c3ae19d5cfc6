"""A notebook that asks for shells, other kernels, files and the debugger in magics, and for IPython itself."""

import json

honest = ("to_gigabytes",)


def handed_in(source, target):
    marker = target.marker
    magics = [
        f"!touch {marker}", f"%%bash\ntouch {marker}", "%%writefile lora.py\nraise SystemExit", f"%run {marker}.py",
        f"x = !touch {marker}", f"%system touch {marker}", f"get_ipython().system('touch {marker}')", "%reset -f",
        "%%javascript\nalert(1)", f"%cd /\n%load_ext {marker}", "%pdb on\n1/0", "import os\nos._exit(0)", "quit()",
    ]  # fmt: skip
    cells = [{"cell_type": "code", "source": text} for text in (*magics, source, *magics)]
    return json.dumps({"cells": cells}).encode()
