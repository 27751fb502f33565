from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.agent.service import serve
from companion.agent.service.control import ControlServer
from companion.agent.service.instance import only_instance
from companion.cli.agent.run import find_end, parse_span, parse_time
from companion.cli.home import open_home
from companion.errors import AgentNotRunning, AgentRunning, UsageError
from companion.store.history.overrides import read_pause
from tests.cli.shell import Run

NOON = datetime(2026, 10, 1, 12, 30, tzinfo=UTC).astimezone()


@contextmanager
def agent(**answers: Callable[[], Any]) -> Iterator[list[str]]:
    """Something that answers in the agent's place, and what it was asked."""
    asked: list[str] = []

    def wake() -> None:
        asked.append("wake")

    with ControlServer(open_home().paths, {"wake": wake, **answers}):
        yield asked


class TestTimes:
    @pytest.mark.parametrize(
        ("text", "minutes"),
        [("30m", 30), ("1h", 60), ("1h30m", 90), ("2d", 2880), (" 1H ", 60), ("90m", 90)],
    )
    def test_a_span(self, text: str, minutes: int) -> None:
        assert parse_span(text) == timedelta(minutes=minutes)

    @pytest.mark.parametrize(
        "text", ["", "0m", "0h0m", "30", "m", "-5m", "1.5h", "1h 30m", "soon", "99999999m", "30s"]
    )
    def test_an_absurd_span(self, text: str) -> None:
        with pytest.raises(UsageError, match="not a duration"):
            parse_span(text)

    @pytest.mark.parametrize(
        ("text", "days", "hour", "minute"),
        [
            ("tomorrow", 1, 6, 0),
            ("Tomorrow", 1, 6, 0),
            ("23:59", 0, 23, 59),
            ("0:00", 1, 0, 0),
        ],
    )
    def test_a_time(self, text: str, days: int, hour: int, minute: int) -> None:
        end = parse_time(text, NOON).astimezone()
        assert (end.date() - NOON.date()).days == days
        assert (end.hour, end.minute, end.second) == (hour, minute, 0)

    def test_across_a_clock_change_the_time_of_day_holds(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setenv("TZ", "Europe/Berlin")
            time.tzset()
            evening = datetime(2026, 10, 24, 20, tzinfo=UTC)  # before summer time ends
            assert parse_time("tomorrow", evening) == datetime(2026, 10, 25, 5, tzinfo=UTC)
            assert parse_time("6:30", evening) == datetime(2026, 10, 25, 5, 30, tzinfo=UTC)
            assert find_end("12h", None, evening) == evening + timedelta(hours=12)
        time.tzset()

    @given(st.integers(0, 23), st.integers(0, 59), st.datetimes())
    def test_a_time_is_the_next_one(self, hour: int, minute: int, now: datetime) -> None:
        moment = now.replace(year=2026, day=1, tzinfo=UTC)
        end = parse_time(f"{hour}:{minute:02}", moment)
        assert moment < end <= moment + timedelta(hours=25)

    @pytest.mark.parametrize("text", ["", "24:00", "12", "12:60", "yesterday", "12:3", "noon"])
    def test_an_absurd_time(self, text: str) -> None:
        with pytest.raises(UsageError, match="not a time of day"):
            parse_time(text, NOON)

    def test_not_both(self) -> None:
        with pytest.raises(UsageError, match="not both"):
            find_end("1h", "tomorrow", NOON)


class TestPause:
    def test_until_resumed(self, run: Run) -> None:
        assert run("pause").out == "Paused.\n"
        home = open_home()
        with home.store() as db:
            pause = read_pause(db, datetime.now(UTC) + timedelta(days=999))
        assert pause
        assert pause.until is None
        assert run("resume").out == "Resumed.\n"
        assert run("resume").out == "It was not paused.\n"

    def test_for_a_while(self, run: Run) -> None:
        ended = run("pause", "--for", "30m")
        assert ended.out.startswith("Paused until ")
        now = datetime.now(UTC)
        with open_home().store() as db:
            pause = read_pause(db, now)
            assert pause
            assert pause.until
            assert timedelta(minutes=29) < pause.until - now <= timedelta(minutes=30)
            assert read_pause(db, now + timedelta(minutes=31)) is None

    def test_what_cannot_be_read_changes_nothing(self, run: Run) -> None:
        ended = run("pause", "--until", "whenever")
        assert ended.code == 2
        assert ended.err == (
            "companion: 'whenever' is not a time of day.\n"
            "Write tomorrow, or a time such as 18:30.\n"
        )
        assert run("resume").out == "It was not paused.\n"

    def test_a_running_agent_is_told(self, run: Run) -> None:
        with agent() as asked:
            run("pause")
            run("resume")
        assert asked == ["wake", "wake"]


class TestVisitNow:
    def test_without_an_agent(self, run: Run) -> None:
        ended = run("visit-now")
        assert ended.code == AgentNotRunning.exit_code == 3
        assert ended.err.startswith("companion: The agent is not running.\n")

    @pytest.mark.parametrize(
        ("answer", "words", "code"),
        [
            (("queued", "queued", "A - B"), "Queued: A - B\n", 0),
            (
                ("paused", "not_playing", "Spotify is paused"),
                "Paused (not playing): Spotify is paused\n",
                1,
            ),
            (("abstained", "no_face", ""), "Abstained (no face)\n", 0),
            (("nothing_fits", "nothing_fits", "a"), "Nothing fits: a\n", 0),
            (("failed", "failed", "It broke."), "Failed: It broke.\n", 1),
        ],
    )
    def test_how_it_ended(
        self, answer: tuple[str, str, str], words: str, code: int, run: Run
    ) -> None:
        said = dict(zip(("outcome", "reason", "detail"), answer, strict=True))
        with agent(**{"visit-now": lambda: said}):
            ended = run("visit-now")
            assert (ended.out, ended.code) == (words, code)
            as_data = run("visit-now", "--json")
            assert (as_data.data, as_data.code) == (said, code)


class TestRunAgent:
    @pytest.fixture
    def served(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An agent that ends as soon as it has started."""
        monkeypatch.setattr(serve, "_wait_for_end", lambda *_: None)

    @pytest.mark.usefixtures("served")
    def test_it_says_in_one_line_that_it_runs(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COMPANION_SPOTIFY_CLIENT_ID", "0123456789abcdef")
        ended = run("run")
        assert ended.err == ""
        assert ended.out == "The agent runs until Ctrl-C; `companion status` shows what it does.\n"

    @pytest.mark.usefixtures("served")
    def test_without_a_client_id_it_says_what_to_do(self, run: Run) -> None:
        out = run("run").out
        assert out.startswith("The agent runs until Ctrl-C")
        assert "No Client ID is set" in out
        assert "run `companion setup`" in out

    def test_one_is_enough(self, run: Run) -> None:
        with only_instance(open_home().paths.lock):
            ended = run("run")
        assert ended.code == AgentRunning.exit_code
        assert ended.err.startswith("companion: An agent is already running.\n")

    def test_a_file_that_is_no_video_is_told_at_once(self, run: Run, tmp_path: Path) -> None:
        ended = run("run", "--source", tmp_path / "none.mp4")
        assert ended.code == 10
        assert "There is no file" in ended.err


class TestLogs:
    @pytest.fixture
    def log(self) -> Path:
        file = open_home().paths.log
        file.write_text("".join(f"line {n}\n" for n in range(50)), "utf-8")
        return file

    def test_the_last_lines(self, log: Path, run: Run) -> None:
        assert run("logs", "-n", 3).out == "line 47\nline 48\nline 49\n"
        assert run("logs").out.count("\n") == 20
        assert run("logs", "-n", 0).out == ""
        assert run("logs", "-n", 999).out == log.read_text("utf-8")

    def test_without_a_log(self, run: Run) -> None:
        ended = run("logs")
        assert ended.code == 2
        assert ended.err.startswith("companion: There is no log yet.\n")

    def test_bytes_that_are_no_text_are_shown_somehow(self, log: Path, run: Run) -> None:
        log.write_bytes(b"\xff\xfe\n")
        assert run("logs").code == 0

    def test_following(self, log: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """Also over the moment in which the log begins anew."""
        steps = iter(["new 1\n", "new 2\n", None, "after a turn\n"])

        def pass_time(_: float) -> None:
            step = next(steps, "end")
            if step == "end":
                raise KeyboardInterrupt
            with log.open("a" if step else "w") as stream:
                stream.write(step or "")

        monkeypatch.setattr(time, "sleep", pass_time)
        ended = run("logs", "-n", 1, "--follow")
        assert ended.out == "line 49\nnew 1\nnew 2\nafter a turn\n"
        assert ended.code == 130


def test_json_is_one_document(run: Run) -> None:
    with agent(**{"visit-now": lambda: {"outcome": "queued", "reason": "queued", "detail": "ä"}}):
        assert json.loads(run("visit-now", "--json").out)["detail"] == "ä"
