"""The screen of `autograder watch`: a lesson's exercises, the one at hand, and keys.

Drawn with Textual. Of Rich's Live, which needs no further dependency, only the drawing would have been left: keys,
resizing, scrolling, leaving the terminal to an editor and giving it back after an error would be code of our own, on
three systems. Textual sends a terminal only the cells that changed, which suits ssh and tmux; its pilot presses keys in
tests; it costs 0.3 s at the start, while the checks' process imports torch. Colours are the terminal's own sixteen, so
that they suit a light background as well as a dark one.
"""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.syntax import ANSI_LIGHT, ANSISyntaxTheme, Syntax
from rich.table import Table
from rich.text import Text
from textual.app import App, ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.common.text import number
from autograder.terminal.board import WORDS, Board, next_lesson
from autograder.terminal.editor import editor_for
from autograder.terminal.own_file import reference_source, reset_exercise
from autograder.terminal.plain import last_lines
from autograder.terminal.runs import Event, Runs
from autograder.terminal.saves import Edits, Saves, folders_of
from autograder.terminal.view import bar, measuring

_COLOURS = {"done": "green", "todo": "yellow", "failed": "red", "blocked": "yellow", "broken": "red"}
_KEYS = (
    ("n", "next", "the next exercise that is not done; after the last one, the next lesson"),
    ("h", "hint", "a hint; each press gives a nearer one"),
    ("l", "list", "all exercises, and the other lessons"),
    ("a", "all", "run all checks now"),
    ("r", "reset", "put the exercise back to its stub, after asking"),
    ("s", "solution", "the course's own way, once yours passes"),
    ("o", "open", "open the exercise in your editor ($VISUAL, $EDITOR or VS Code)"),
    ("q", "quit", "end this"),
    ("?", "help", "this help; any of these keys takes it away"),
)
_READ = 3.0  # seconds that a sentence stays, whatever is saved
_PARTY = ("*  .  *  .  *", ".  *  .  *  .", "* * * * * * *")  # one after the other when a lesson is done

StartRuns = Callable[[Course, Lesson, Callable[[Event], None], float], Any]


class Screen(App[None]):
    """Shows a `Board`, and turns saves and keys into runs. `start_runs` makes what a test may replace."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Static { height: auto; background: ansi_default; }
    VerticalScroll { scrollbar-size-vertical: 1; scrollbar-background: ansi_default; }
    #exercises { height: auto; max-height: 40%; }
    #detail { height: 1fr; }
    .roomy #detail { margin: 1 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next"),
        Binding("h", "hint"),
        Binding("l", "list"),
        Binding("a", "all"),
        Binding("r", "reset"),
        Binding("s", "solution"),
        Binding("o", "open"),
        Binding("q,ctrl+c,ctrl+q", "quit", priority=True),
        Binding("question_mark", "help"),
        Binding("down,j", "scroll(1)"),
        Binding("up,k", "scroll(-1)"),
        Binding("escape", "show(None)"),
    ]

    def __init__(
        self, course: Course, lesson: Lesson, exercise: str | None, seconds: float, start_runs: StartRuns = Runs
    ) -> None:
        super().__init__(ansi_color=True)
        self.theme = "ansi-dark"  # of the terminal's own colours, whichever they are
        self._course = course
        self._seconds = seconds
        self._start_runs = start_runs
        self._hints: dict[str, int] = {}
        self._open(lesson, exercise)

    def _open(self, lesson: Lesson, exercise: str | None) -> None:
        self.board = Board(self._course, lesson)
        self.at_hand = exercise
        self._extra: str | None = None  # what is shown below the verdict: hint, solution or help
        self._said, self._said_at = "", 0.0  # a sentence for the last key, and when it was said
        self._party = -1
        self._was_done = False
        self._edits = Edits(self._course, lesson)

    # --- its life ---------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        yield Static(id="title")
        yield VerticalScroll(Static(id="rows"), id="exercises", can_focus=False)
        yield VerticalScroll(Static(id="text"), id="detail", can_focus=False)
        yield Static(id="keys")

    def on_mount(self) -> None:
        for one in (signal.SIGINT, signal.SIGTERM):  # Ctrl-C is a key here; these come from elsewhere
            with suppress(NotImplementedError):  # on Windows
                asyncio.get_running_loop().add_signal_handler(one, self.exit)
        self._begin()
        self.set_interval(1.0, self._tick)

    def on_unmount(self) -> None:
        self._saves.close()
        self._runs.close()

    def _begin(self) -> None:
        lesson = self.board.lesson
        self._saves = Saves(folders_of(self._course, lesson), lambda paths: self._post(self._saved, lesson, paths))
        self._runs = self._start_runs(
            self._course, lesson, lambda event: self._post(self._hear, lesson, event), self._seconds
        )
        self._runs.check(self.at_hand)
        self._draw()

    def _post(self, call: Callable[..., None], lesson: Lesson, what: Any) -> None:
        """Have it done in the app's own thread, unless another lesson is shown by then."""
        if self._running:
            self.call_later(lambda: call(what) if self.board.lesson is lesson else None)

    def _tick(self) -> None:
        self._runs.look()
        if self._party >= 0:
            self._party = self._party + 1 if self._party < 5 else -1
            self._draw()

    # --- what happens -----------------------------------------------------------------------------------------------

    def _saved(self, paths: set[Path]) -> None:
        now = self._edits.latest()
        if now is not None and now != self.at_hand:
            self.at_hand, self._extra = now, None
        if any(path.parent.name == "checks" or path.suffix == ".toml" for path in paths):
            self._runs.renew()
        if time.monotonic() - self._said_at > _READ:  # what a key has just said may have led to this save
            self._said = ""
        self._runs.check(self.at_hand)

    def _hear(self, event: Event) -> None:
        self.board.hear(event)
        if self.at_hand is None and event["event"] == "end":
            self.at_hand = self.board.following("") or next(iter(self.board.lesson.exercises))
        if event["event"] == "end":
            done = self.board.is_done()
            if done and not self._was_done:
                self._party = 0
            self._was_done = done
            if self._extra == "solution" and self.board.state(self.at_hand or "") != "done":
                self._extra = None
                self._say(f"{self.at_hand} does not pass any more: its solution is put away.")
        self._draw()

    def action_next(self) -> None:
        if self.board.is_done():
            following = next_lesson(self._course, self.board.lesson)
            if following is None:
                self._say("This was the last lesson with something left to write.")
            else:
                self._switch(following, None)
            return
        self._extra, self._said = None, ""
        self.at_hand = self.board.following(self.at_hand or "") or self.at_hand
        self._draw()

    def action_hint(self) -> None:
        if self.at_hand is not None:
            hints = self.board.lesson.exercises[self.at_hand].hints
            if self._extra == "hint" or self.at_hand not in self._hints:
                self._hints[self.at_hand] = min(self._hints.get(self.at_hand, 0) + 1, len(hints))
            self.action_show("hint")

    def action_list(self) -> None:
        def choose(chosen: str | None) -> None:
            if chosen in self.board.lesson.exercises:
                self.at_hand, self._extra = chosen, None
                self._draw()
            elif chosen is not None:
                self._switch(self._course.lessons[chosen], None)

        self.push_screen(_Choice(self.board, self.at_hand), choose)

    def action_all(self) -> None:
        self._said = ""
        self._runs.check(self.at_hand)
        self._draw()

    def action_reset(self) -> None:
        if self.at_hand is not None:
            self.push_screen(
                _Question(f"Put {self.at_hand} back to its stub? Your version is kept. (y/n)"), self._reset
            )

    def _reset(self, agreed: bool | None) -> None:
        if not agreed or self.at_hand is None:
            return self._say("Nothing was reset.")
        try:
            done = reset_exercise(self._course, self.board.lesson, self.board.lesson.exercises[self.at_hand])
        except (CourseError, OSError) as error:
            return self._say(str(error))
        if not done.changed:
            return self._say(f"{self.at_hand} is its stub already: there is nothing to reset.")
        where = f" Your version is kept in {done.kept}." if done.kept else ""
        self._say(f"{self.at_hand} is back to its stub.{where}")

    def action_solution(self) -> None:
        if self.at_hand is None:
            return
        if not self._course.reference(self.board.lesson.name).exists():
            self._say("Your instructor keeps the solutions: there are none in this repository.")
        elif self.board.problem or self.board.running or self.board.state(self.at_hand) != "done":
            self._say(f"{self.at_hand} does not pass yet. Press h for a hint.")
        else:
            self.action_show("solution")

    def action_open(self) -> None:
        path, line = self.board.place(self.at_hand or "")
        editor = editor_for(path, line)
        if editor is None:
            return self._say(f"Set $EDITOR to your editor, or open {path}:{line} by hand.")
        try:
            if not editor.in_terminal:
                quiet = subprocess.DEVNULL
                subprocess.Popen(editor.command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
                return self._say(f"Opened {path}:{line} in {editor.command[0]}.")
            with self.suspend():
                subprocess.run(editor.command)
            self.refresh()
        except SuspendNotSupported:
            self._say(f"{editor.command[0]} can't be opened from here: open {path}:{line} by hand.")
        except OSError as error:
            self._say(f"{editor.command[0]} can't be started ({error.strerror}): set $EDITOR to your editor.")

    def action_help(self) -> None:
        self.action_show("help")

    def action_show(self, what: str | None) -> None:
        """Show something below the verdict, or nothing."""
        self._extra, self._said = what, ""
        self._draw()
        detail = self.query_one("#detail", VerticalScroll)
        self.call_after_refresh(
            detail.scroll_end if what in ("hint", "solution") else detail.scroll_home, animate=False
        )

    def action_scroll(self, lines: int) -> None:
        self.query_one("#detail", VerticalScroll).scroll_relative(y=lines, animate=False)

    def _say(self, sentence: str) -> None:
        self._said, self._said_at = sentence, time.monotonic()
        self._draw()

    def _switch(self, lesson: Lesson, exercise: str | None) -> None:
        self._saves.close()
        self._runs.close()
        self._open(lesson, exercise)
        self._begin()

    # --- drawing ----------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        self.screen_stack[0].set_class(self.size.height >= 24, "roomy")
        self._draw()

    def _draw(self) -> None:
        main = self.screen_stack[0]
        if not main.query("#keys"):  # nothing is composed yet
            return
        for place, drawn in (
            ("title", self._title()),
            ("rows", self._rows()),
            ("text", self._detail()),
            ("keys", self._keys()),
        ):
            main.query_one(f"#{place}", Static).update(drawn)
        names = [row.exercise.name for row in self.board.rows]
        if self.at_hand in names:
            at = names.index(self.at_hand)
            pane = main.query_one("#exercises", VerticalScroll)
            self.call_after_refresh(pane.scroll_to, y=max(0, at - 2), animate=False)

    def _title(self) -> Text:
        earned, worth = self.board.points
        text = Text(f"{self.board.lesson.name}: {self.board.lesson.title}", style="bold")
        if worth:
            told = f"{number(earned)} of {number(worth)} points"
            room = self.size.width - len(text) - len(told) - 5  # with two blanks, the bar's brackets and one blank more
            text.append(f"  {f'{bar(earned, worth, min(20, room))} ' if room > 4 else ''}{told}", "not bold")
        return text

    def _rows(self) -> Text:
        lines = []
        width = max((len(row.exercise.name) for row in self.board.rows), default=0)
        for row in self.board.rows:
            name = row.exercise.name
            more = row.sentence if row.state == "blocked" else ""
            if row.state == "failed":
                more = f"{row.passed} of {row.total} checks pass"
            elif row.state == "todo":
                more = f"{'' if row.worth else 'ungraded, '}{row.exercise.minutes} min"
            line = Text(f"{'>' if name == self.at_hand else ' '} ", no_wrap=True, overflow="ellipsis")
            line.append(f"{WORDS[row.state]:8}", _COLOURS[row.state])
            line.append(f"{name:{width}}  {more}", "bold" if name == self.at_hand else "")
            line.truncate(max(self.size.width - 2, 10), overflow="ellipsis")
            lines.append(line)
        return Text("\n").join(lines)

    def _detail(self) -> RenderableType:
        parts: list[RenderableType] = []
        if self._extra == "help":
            parts.append(_help())
        else:
            parts += self._verdict()
        if self._extra == "hint" and self.at_hand is not None:
            hints = self.board.lesson.exercises[self.at_hand].hints
            level = self._hints[self.at_hand]
            for at, hint in enumerate(hints[:level], start=1):
                parts.append(_wide(f"\nHint {at} of {len(hints)}: {hint.strip()}", "cyan"))
        if self._extra == "solution" and self.at_hand is not None:
            parts.append(_wide(f"\nThe course's own {self.at_hand}:", "cyan"))
            parts.append(self._solution(self.at_hand))
        if self.board.is_done() and self._extra is None:
            parts += self._celebration()
        return Group(*parts)

    def _verdict(self) -> list[RenderableType]:
        if self.board.problem:
            return [_wide(self.board.problem, "bold red")]
        if self.board.broken:
            return [_wide(self.board.broken, "bold red"), _wide("Nothing can be checked until that is fixed.")]
        if self.at_hand is None:
            return [_wide("The checks are being loaded ...")]
        failure, state = self.board.failure(self.at_hand), self.board.state(self.at_hand)
        if failure is None:
            return [_wide(f"{self.at_hand} is done.", "bold green")] if state == "done" else []
        path, line = self.board.place(self.at_hand)
        parts: list[RenderableType] = [_wide(failure["title"], f"bold {_COLOURS.get(state, '')}")]
        parts += [_wide(one) for one in failure["lines"] if not one.startswith("  A hint: ")]
        if failure["printed"].strip():
            parts.append(_wide("  It printed:"))
            parts += [_wide(f"    {one}") for one in last_lines(failure["printed"])]
        return [*parts, _wide(f"  {path}:{line}", "dim")]

    def _solution(self, exercise: str) -> RenderableType:
        try:
            source = reference_source(self._course, self.board.lesson, self.board.lesson.exercises[exercise])
        except (CourseError, OSError, SyntaxError) as error:
            return _wide(str(error))
        theme = ANSISyntaxTheme(ANSI_LIGHT)  # none of the bright colours, which are faint on white
        return Syntax(source, "python", theme=theme, background_color="default", word_wrap=True)

    def _celebration(self) -> list[RenderableType]:
        stars = _PARTY[self._party % len(_PARTY)] if self._party >= 0 else _PARTY[-1]
        parts: list[RenderableType] = [
            _wide(f"\n{stars}  {self.board.lesson.title}: all done  {stars}", "bold magenta")
        ]
        parts += map(_wide, measuring(self.board.lesson))
        following = next_lesson(self._course, self.board.lesson)
        if following is not None:
            parts.append(_wide(f"Next: {following.title} ({following.name}). Press n to go there."))
        return parts

    def _keys(self) -> Text:
        text = Text()
        if self._said:
            text.append(f"{self._said}\n", "bold")
        board = self.board
        if board.running:
            text.append(f"checking {board.running} ...\n", "dim")
        elif board.ran_at:
            took = f", took {board.seconds:.2f} s" if board.seconds else ""  # unknown of a run that was stopped
            text.append(f"ran at {board.ran_at}{took}\n", "dim")
        else:
            text.append("importing what the checks need ...\n", "dim")
        # a key and its word stay on one line
        text.append_text(
            Text("  ").join(Text.assemble((key, "bold reverse"), f"\N{NO-BREAK SPACE}{word}") for key, word, _ in _KEYS)
        )
        return text


class _Choice(ModalScreen[str | None]):
    """The exercises of this lesson and the other lessons, to choose one with Enter."""

    CSS = "_Choice { background: ansi_default; } OptionList { height: 1fr; background: ansi_default; border: none; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,l,q", "leave", priority=True)]

    def __init__(self, board: Board, at_hand: str | None) -> None:
        super().__init__()
        self._board = board
        self._at_hand = at_hand

    def compose(self) -> ComposeResult:
        yield Static("Enter goes there, Escape back")
        lesson = self._board.lesson
        options: list[Option | None] = []
        for name in lesson.exercises:
            state = self._board.state(name)
            text = Text.assemble((f"{WORDS.get(state, ''):8}", _COLOURS.get(state, "")), name)
            options.append(Option(text, id=name))
        options.append(None)  # a line
        others = [one for one in self._board.course.lessons.values() if one.name != lesson.name]
        options += [Option(Text(f"{one.name}: {one.title}"), id=one.name) for one in others]
        yield OptionList(*options)

    def on_mount(self) -> None:
        choices = self.query_one(OptionList)
        if self._at_hand is not None:
            choices.highlighted = choices.get_option_index(self._at_hand)
        choices.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def action_leave(self) -> None:
        self.dismiss(None)


class _Question(ModalScreen[bool]):
    """A question that y answers; any other key is a no."""

    CSS = "_Question { background: ansi_default; }"

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        yield Static(_wide(self._question, "bold yellow"))

    def on_key(self, event: Any) -> None:
        event.stop()
        event.prevent_default()
        self.dismiss(event.key == "y")


def _wide(text: str, style: str = "") -> RenderableType:
    """A text that wraps, below where it begins; what a student wrote in it is no markup."""
    begins = text.lstrip(" ")
    return Padding(Text(begins, style=style), (0, 0, 0, len(text) - len(begins)))


def _help() -> RenderableType:
    table = Table.grid(padding=(0, 1))
    for row in (*_KEYS, ("j k", "scroll", "what is longer than the screen; the arrow keys do it, too")):
        table.add_row(*map(Text, row))
    return Padding(table, (0, 0, 0, 1))
