"""Notebooks in JupyterLab, in a headless browser: Run All goes through to the end, untouched and solved.

`python tests/engine/notebooks/test_jupyterlab.py FOLDER [LESSON ...]` does it with lessons of the course, untouched and
solved, and leaves a log and pictures in the folder.
"""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("jupyterlab", reason="needs the extra notebooks")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from autograder.common.lessons import load_course  # noqa: E402
from autograder.notebooks.build import build  # noqa: E402
from autograder.notebooks.source import read_source  # noqa: E402

CHROMIUM = shutil.which("chromium")
REPOSITORY = Path(__file__).resolve().parents[3]
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium: apt-get install chromium"),
    pytest.mark.xdist_group("chromium"),
]
LESSONS = ("language_modeling", "quantization")


@contextmanager
def lab(folder):
    """A JupyterLab over `folder`, on loopback; gives the address of a notebook, as a function of its name."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token, home = secrets.token_hex(16), folder / ".home"
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(REPOSITORY),
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
        "MPLCONFIGDIR": str(home / "matplotlib"),
        **{f"JUPYTER_{kind}_DIR": str(home / kind) for kind in ("CONFIG", "DATA", "RUNTIME")},
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0", "--allow-root"]
    options += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}"]
    quiet = home / "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    quiet.parent.mkdir(parents=True)
    quiet.write_text('{"fetchNews": "false", "checkForUpdates": false}')
    with open(folder / "lab.log", "wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options], cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/api?token={token}", server)
            # reset: else the notebook of before is open, too, and Run All may be for that one
            yield lambda name: f"http://127.0.0.1:{port}/lab/tree/{name}?token={token}&reset"
        finally:
            server.terminate()
            server.wait(60)


def _wait_for(address, server):
    for _ in range(600):
        assert server.poll() is None, "JupyterLab ended"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("JupyterLab doesn't answer")


@contextmanager
def tab():
    """A browser's page that reaches loopback only; gives it with what else was asked for."""
    with playwright.sync_playwright() as started:
        arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = started.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        outside = []

        def only_here(route):
            if route.request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
                route.continue_()
            else:
                outside.append(route.request.url)
                route.abort()

        page.route("**/*", only_here)
        yield page, outside
        browser.close()


def run_all(page, address, path, seconds=600, look=lambda name: None):
    """Open a notebook, Run All, wait for its last cell, save; gives what was saved."""
    page.goto(address)
    idle = page.get_by_text("| Idle")  # in the bar below
    page.wait_for_selector(".jp-Notebook .jp-InputArea", timeout=120_000)
    idle.wait_for(timeout=120_000)
    look("opened")
    page.get_by_text("Run", exact=True).first.click()
    page.locator('[data-command="runmenu:run-all"]').click()
    until = time.monotonic() + seconds
    while True:  # what is saved says which cells ran: the page itself holds only the cells that are seen
        page.keyboard.press("Control+s")
        page.wait_for_timeout(2000)
        notebook = _saved(path)
        code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        stopped = any(one["output_type"] == "error" for cell in code for one in cell["outputs"])
        if idle.count() and code and (code[-1]["execution_count"] or stopped):
            look("done")
            return notebook
        assert time.monotonic() < until, "Run All doesn't come to its end"


def _saved(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:  # while it is written
        return {"cells": []}


def said(notebook):
    """Each code cell in a line of the log: its number, how it begins, what it put out."""
    lines = []
    for number, cell in enumerate((one for one in notebook["cells"] if one["cell_type"] == "code"), start=1):
        begins = "".join(cell["source"]).strip().split("\n")[0][:60]
        lines.append(f"{number:3} In [{cell['execution_count']}] {begins:60} {' '.join(_outputs(cell))}")
    return lines


def _outputs(cell):
    for one in cell["outputs"]:
        if one["output_type"] == "error":
            yield f"ERROR {one['ename']}: {one['evalue']}"
        elif one["output_type"] == "stream":
            yield f"{one['name']}: {''.join(one['text']).strip()[:100]!r}"
        else:
            kinds = sorted(set(one["data"]) - {"text/plain"})
            text = "".join(one["data"].get("text/plain", "")).strip()[:100]
            yield f"{'/'.join(kinds) or 'value'}: {text!r}"


def written(course, lesson, folder):
    """The notebook as it is handed out, and as the course solves it; their paths by "untouched" and "solved"."""
    paths = {}
    for kind, instructor in (("untouched", False), ("solved", True)):
        paths[kind] = folder / f"{lesson.name}-{kind}.ipynb"
        paths[kind].write_text(build(course, lesson, instructor=instructor), encoding="utf-8")
    return paths


def assert_to_the_end(course, lesson, kind, notebook):
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] for cell in code), "each cell ran"
    outputs = [one for cell in code for one in cell["outputs"]]
    assert not [one for one in outputs if one["output_type"] == "error"], said(notebook)
    everything = "\n".join(said(notebook))
    for cell in read_source(course, lesson):
        if cell.role == "check":
            expected = " is done" if kind == "solved" else r"(: blocked by| is not written yet)"
            assert re.search(cell.exercise[1] + expected, everything), everything
    assert "Your kernel is not your page" not in everything and "Mind the order" not in everything


def run_both(course, lesson, folder, look=lambda kind, step, page: None):
    """Both notebooks of a lesson in a JupyterLab of their own; what was saved, by kind."""
    paths = written(course, lesson, folder)
    found = {}
    with lab(folder) as address, tab() as (page, outside):
        for kind, path in paths.items():
            found[kind] = run_all(page, address(path.name), path, look=lambda step, kind=kind: look(kind, step, page))
        assert outside == []
    return found


@pytest.mark.whole
@pytest.mark.slow
def test_a_toy_notebook_in_jupyterlab(toy):
    toy.write(
        "exercises/toy/notebook.py",
        "# %% setup\n\n# %% exercise double\n\n# %%\nprint(double(3))\n\n# %% exercise quad\n\n# %% exercise Counter\n",
    )
    for kind, notebook in run_both(toy.course, toy.lesson, toy.root).items():
        assert_to_the_end(toy.course, toy.lesson, kind, notebook)


@pytest.mark.whole
@pytest.mark.slow
@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_in_jupyterlab(name, tmp_path):
    """The engine's own course is found from anywhere."""
    course = load_course(REPOSITORY)
    for kind, notebook in run_both(course, course.lesson(name), tmp_path).items():
        assert_to_the_end(course, course.lesson(name), kind, notebook)


def main(folder, *names):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    course = load_course(REPOSITORY)
    for name in names or LESSONS:
        lesson = course.lesson(name)
        pictures = folder / name
        pictures.mkdir(exist_ok=True)

        def look(kind, step, page, pictures=pictures):
            page.screenshot(path=pictures / f"{kind}-{step}.png")
            if step == "done":  # from the top, a screen at a time
                page.keyboard.press("Escape")
                page.keyboard.press("Control+Home")
                scroller = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer")
                for number in range(40):
                    scroller.evaluate("(one, at) => one.scrollTo(0, at)", number * 850)
                    page.wait_for_timeout(300)
                    page.screenshot(path=pictures / f"{kind}-{number:02}.png")
                    if scroller.evaluate("one => one.scrollTop + one.clientHeight >= one.scrollHeight - 2"):
                        break

        for kind, notebook in run_both(course, lesson, pictures, look).items():
            (pictures / f"{kind}.log").write_text("\n".join(said(notebook)) + "\n", encoding="utf-8")
            assert_to_the_end(course, lesson, kind, notebook)
            print(f"{name}, {kind}: {len(said(notebook))} cells of code ran to the end", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
