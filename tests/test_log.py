from __future__ import annotations

import logging
import logging.handlers
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion import log
from companion.log import clear_log, redact, start_log, stop_log

TOKEN = "BQDx-9f_3.k~A+/z="  # noqa: S105 - made up
LOGGER = logging.getLogger("companion.somewhere")


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """The log's path; the loggers are restored afterwards."""
    loggers = (logging.getLogger(), logging.getLogger("companion"))
    levels = [logger.level for logger in loggers]
    yield tmp_path / "companion.log"
    stop_log()
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {TOKEN}",
        f"{{'Authorization': 'Bearer {TOKEN}'}}",
        f"authorization=bearer  {TOKEN}",
        f'{{"access_token": "{TOKEN}", "expires_in": 3600}}',
        f'{{"access_token":"{TOKEN}"}}',
        f"{{'refresh_token': '{TOKEN}', 'scope': 'user-read'}}",
        f'b\'{{"refresh_token":"{TOKEN}"}}\'',
        f'"{{\\"access_token\\": \\"{TOKEN}\\"}}"',
        f"grant_type=refresh_token&refresh_token={TOKEN}&client_id=abc",
        f"GET /callback?code={TOKEN}&state=xyz HTTP/1.1",
        f"http://127.0.0.1:8888/callback?state=xyz&code={TOKEN}",
        f"code_verifier={TOKEN}&redirect_uri=here",
        f"code_challenge={TOKEN}",
        f"ACCESS_TOKEN = {TOKEN}",
        f"two of them: Bearer {TOKEN}, Bearer {TOKEN}",
    ],
)
def test_secrets_are_blotted_out(text: str) -> None:
    assert TOKEN not in redact(text)
    assert "***" in redact(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"GET /callback?code={TOKEN}&state=xyz HTTP/1.1", "&state=xyz HTTP/1.1"),
        (f'{{"access_token": "{TOKEN}", "expires_in": 3600}}', '"expires_in": 3600'),
        (f"refresh_token={TOKEN}&client_id=abc", "&client_id=abc"),
        (f"line one\nBearer {TOKEN}\nline three", "\nline three"),
    ],
)
def test_what_stands_around_a_secret_stays(text: str, kept: str) -> None:
    assert kept in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "queued: Who - A Song",
        "exit code 3",
        "the worker ended with exit code 139",
        "exit code: 130",
        "status_code=500 after 3 tries",
        "cannot decode: truncated file",
        '{"error_code": "something_else"}',
        "unicode: 日本語の歌のなまえ",
        "Bearer of bad news",
        "the access token was renewed",
        "the authorization was withdrawn",
        "valence=0.25 arousal=-0.5",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert redact(text) == text


@given(st.text(alphabet=st.sampled_from("abcXYZ019-_.~"), min_size=20, max_size=200))
def test_no_token_gets_through(token: str) -> None:
    for text in (f"Bearer {token}", f'"access_token":"{token}"', f"?code={token}&state=1"):
        assert token not in redact(text)


@given(st.text())
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    assert redact(redact(text)) == redact(text)


def test_lines_have_time_level_and_name(file: Path) -> None:
    start_log(file)
    LOGGER.info("queued: %s", "Ärger & 歌")
    stop_log()
    [line] = file.read_text("utf-8").splitlines()
    assert line.endswith(" INFO companion.somewhere: queued: Ärger & 歌")
    assert line[:4].isdigit()


def test_arguments_and_tracebacks_are_redacted(file: Path) -> None:
    start_log(file)
    try:
        raise ValueError(f"refused: Bearer {TOKEN}")
    except ValueError:
        LOGGER.exception("asked with %s", {"refresh_token": TOKEN})
    stop_log()
    text = file.read_text("utf-8")
    assert TOKEN not in text
    assert "Traceback" in text
    assert "ValueError: refused: Bearer ***" in text


def test_a_secret_in_another_libraries_warning_is_redacted(file: Path) -> None:
    start_log(file)
    logging.getLogger("requests").warning("retrying with Bearer %s", TOKEN)
    stop_log()
    assert "retrying with Bearer ***" in file.read_text("utf-8")


def test_the_level_is_ours_alone(file: Path) -> None:
    start_log(file, "DEBUG")
    LOGGER.debug("our detail")
    for library in ("urllib3.connectionpool", "spotipy.client", "jax", "apscheduler"):
        logging.getLogger(library).debug("their detail")
        logging.getLogger(library).info("their news")
        logging.getLogger(library).warning("their warning")
    stop_log()
    text = file.read_text("utf-8")
    assert "our detail" in text
    assert "their detail" not in text
    assert "their news" not in text
    assert text.count("their warning") == 4


@pytest.mark.parametrize(
    ("level", "written"),
    [
        ("DEBUG", ["debug", "info", "warning", "error"]),
        ("INFO", ["info", "warning", "error"]),
        ("WARNING", ["warning", "error"]),
        ("ERROR", ["error"]),
    ],
)
def test_the_level_holds(file: Path, level: str, written: list[str]) -> None:
    start_log(file, level)
    for word in ("debug", "info", "warning", "error"):
        getattr(LOGGER, word)(word)
    stop_log()
    assert [line.split()[-1] for line in file.read_text("utf-8").splitlines()] == written


def test_starting_twice_writes_each_line_once(file: Path) -> None:
    start_log(file)
    start_log(file)
    LOGGER.info("once")
    stop_log()
    assert file.read_text("utf-8").count("once") == 1


def test_starting_anew_moves_to_the_new_file(file: Path) -> None:
    start_log(file)
    start_log(file.with_name("other.log"))
    LOGGER.info("here")
    stop_log()
    assert not file.exists()
    assert "here" in file.with_name("other.log").read_text("utf-8")


def test_after_stopping_nothing_is_written(file: Path) -> None:
    start_log(file)
    stop_log()
    LOGGER.warning("late")
    assert not file.exists()


def test_handlers_of_others_stay(file: Path) -> None:
    other = logging.NullHandler()
    logging.getLogger().addHandler(other)
    start_log(file)
    stop_log()
    assert other in logging.getLogger().handlers
    logging.getLogger().removeHandler(other)


def test_the_file_rotates_and_old_ones_go(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "FILE_SIZE", 1000)
    start_log(file)
    for number in range(200):
        LOGGER.info("line %03d of many", number)
    stop_log()
    files = sorted(path.name for path in file.parent.iterdir())
    assert files == [file.name, *(f"{file.name}.{n}" for n in range(1, log.OLD_FILES + 1))]
    assert all(path.stat().st_size <= 1000 for path in file.parent.iterdir())
    assert "line 199" in file.read_text("utf-8")


def test_the_log_stays_within_a_few_megabytes() -> None:
    assert log.FILE_SIZE * (log.OLD_FILES + 1) <= 5 * 1024 * 1024


def test_a_log_that_is_cleared_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "companion.log"
    start_log(file)
    logging.getLogger("companion").warning("before")
    (tmp_path / "companion.log.1").write_text("older")
    clear_log(file)
    assert [path.name for path in tmp_path.iterdir()] == ["companion.log"]
    assert file.read_text() == ""
    logging.getLogger("companion").warning("after")
    assert file.read_text().endswith("after\n")


def test_a_log_that_is_not_there_is_not_made_by_clearing(tmp_path: Path) -> None:
    clear_log(tmp_path / "companion.log")
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_cannot_be_written_prints_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    start_log(tmp_path / "no such folder" / "companion.log")
    logging.getLogger("companion").error("the disk is full")
    assert capfd.readouterr() == ("", "")
    stop_log()


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such pipes")
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_what_is_no_file_is_neither_waited_for_nor_cleared(
    make: Callable[[Path], None], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "companion.log"
    make(file)
    start_log(file)
    logging.getLogger("companion").error("nobody reads the pipe")
    assert capfd.readouterr() == ("", "")
    stop_log()
    clear_log(file)
    assert file.exists()
