from __future__ import annotations

import os
import re
import sys
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import MOOD_NAMES
from companion.config.edit import change_settings
from companion.config.file import example, load_config, show, to_toml
from companion.config.schema import SECTIONS, Camera, Choose, Clips, Config, Rule
from companion.errors import ConfigError
from tests.locations import PROJECT

EXAMPLE = PROJECT / "config.example.toml"
ADDRESS = "must be an address with https:// (http:// only to 127.0.0.1)"
CLIENT_ID = "must be the letters and digits that Spotify's dashboard shows as Client ID"
INDEX = "must be from 0 to 63"
STRATEGY = "must be one of match, lift, calm, energise, focus"
MOODS = ", ".join(MOOD_NAMES)
LEVELS = "must be one of DEBUG, INFO, WARNING, ERROR"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def load(file: Path, text: str | bytes, **environ: str) -> Config:
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return load_config(file, environ)


def refusal(file: Path, text: str | bytes, **environ: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(file, text, **environ)
    return str(caught.value)


def problems(file: Path, text: str, **environ: str) -> list[str]:
    """The refusal's problems, after its head."""
    head, *lines = refusal(file, text, **environ).splitlines()
    assert head.startswith(f"{file} has " if text else "The environment has ")
    return [line.strip() for line in lines]


@pytest.mark.parametrize(("text", "value"), [("true", True), ("False", False), ("FALSE", False)])
def test_a_switch_in_the_environment(file: Path, text: str, value: bool) -> None:
    assert load(file, "", COMPANION_CAMERA_ENABLED=text).camera.enabled is value


def test_the_example_in_the_project_is_the_schemas() -> None:
    assert EXAMPLE.read_text("utf-8") == example()


def test_the_example_changes_nothing(file: Path) -> None:
    assert load(file, example()) == Config()


def test_the_example_uncommented_is_the_defaults(file: Path) -> None:
    text, changed = re.subn(r"(?m)^# (\w+ = )", r"\1", example())
    assert changed == sum(len(fields(section)) for section in SECTIONS.values())
    assert load(file, text) == Config()
    assert set(tomllib.loads(text)) == set(SECTIONS)


def test_the_example_says_what_each_setting_is() -> None:
    lines = example().splitlines()
    for section in SECTIONS.values():
        for part in fields(section):
            at = next(n for n, line in enumerate(lines) if line.startswith(f"# {part.name} = "))
            assert re.fullmatch(r"# .+\.", lines[at - 1])


def test_an_absent_file_is_the_defaults(file: Path) -> None:
    assert load_config(file, {}) == Config()
    assert not file.exists()


def test_the_defaults_pass_their_own_checks(file: Path) -> None:
    empty = {"", "[camera]\n", "# nothing\n", "\ufeff"}
    assert {load(file, text) for text in empty} == {Config()}


@pytest.mark.parametrize(
    ("text", "config"),
    [
        pytest.param("[camera]\nindex = 2\n", Config(Camera(index=2)), id="a section"),
        pytest.param("camera.index = 2", Config(Camera(index=2)), id="a dotted key"),
        pytest.param("camera = {index = 2}", Config(Camera(index=2)), id="an inline table"),
        pytest.param("\ufeff[camera]\nindex = 2", Config(Camera(index=2)), id="a BOM"),
        pytest.param("[camera]\r\nindex = 2\r\n", Config(Camera(index=2)), id="Windows' lines"),
        pytest.param("[camera]\nseconds = 3", Config(Camera(seconds=3.0)), id="3 for 3.0"),
        pytest.param(
            '[clips]\nproviders = ["deezer", "local"]',
            Config(clips=Clips(providers=("deezer", "local"))),
            id="a list",
        ),
        pytest.param(
            '[clips]\ndeezer_url = "http://127.0.0.1:8000"',
            Config(clips=Clips(deezer_url="http://127.0.0.1:8000")),
            id="http to this machine",
        ),
        pytest.param(
            '[clips]\ndeezer_url = "http://[::1]:8000"',
            Config(clips=Clips(deezer_url="http://[::1]:8000")),
            id="http to this machine by IPv6",
        ),
        pytest.param(
            "[choose]\nno_repeat_hours = 0", Config(choose=Choose(no_repeat_hours=0)), id="a limit"
        ),
    ],
)
def test_what_the_file_says_holds(file: Path, text: str, config: Config) -> None:
    assert load(file, text) == config


RULES = """
[choose]
strategy = "lift"

[[choose.rules]]
when = "anger"
strategy = "calm"

[[choose.rules]]
between = "22:00-06:00"
strategy = "focus"
"""


def test_rules_are_a_list_of_tables(file: Path) -> None:
    choose = load(file, RULES).choose
    assert choose.strategy == "lift"
    assert choose.rules == (Rule("anger", "", "calm"), Rule("", "22:00-06:00", "focus"))
    inline = 'choose.rules = [{when = "Q2", strategy = "calm"}]'.replace("Q2", "q2")
    assert load(file, inline).choose.rules == (Rule("q2", "", "calm"),)


def test_what_is_shown_of_rules_is_toml_that_says_the_same(file: Path) -> None:
    config = load(file, RULES)
    rules = to_toml(show(config)["choose"]["rules"])
    assert load(file, f"[choose]\nrules = {rules}").choose.rules == config.choose.rules


HOURS = 'must be two times of day, such as "22:00-06:00"'


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ("rules = 3", ["line 2: choose.rules is a list of tables: write each as [[choose.rules]]"]),
        (
            'rules = ["calm"]',
            ["line 2: choose.rules is a list of tables: write each as [[choose.rules]]"],
        ),
        (
            '[choose.rules]\nwhen = "anger"',
            ["line 2: choose.rules is a list of tables: write each as [[choose.rules]]"],
        ),
        ("[[choose.rules]]", ["line 2: choose.rules needs a strategy"]),
        ('[[choose.rules]]\nstrategy = "calm"', ["line 2: choose.rules needs when or between"]),
        (
            '[[choose.rules]]\nwhen = "anger"\nstrategy = "calm"\n[[choose.rules]]\nwhen = "angre"',
            [f"line 6: choose.rules.when must be one of {MOODS}; did you mean angry?"],
        ),
        (
            '[[choose.rules]]\nwhen = "sad"\n[[choose.rules]]\nbetwen = "1"\nstrategy = "clam"',
            [
                "line 2: choose.rules needs a strategy",
                "line 5: choose.rules.betwen is not known; did you mean between?",
                f"line 6: choose.rules.strategy {STRATEGY}; did you mean calm?",
            ],
        ),
        ('[[choose.rules]]\nbetween = "22-6"', [f"line 3: choose.rules.between {HOURS}"]),
        ('[[choose.rules]]\nbetween = "24:00-06:00"', [f"line 3: choose.rules.between {HOURS}"]),
        ('[[choose.rules]]\nbetween = "22:60-06:00"', [f"line 3: choose.rules.between {HOURS}"]),
        (
            "[[choose.rules]]\nbetween = 22",
            ['line 3: choose.rules.between must be text in "quotes"'],
        ),
        ("[[chose.rules]]\nwhen = 1", ["line 2: chose is not known; did you mean [choose]?"]),
    ],
)
def test_every_wrong_rule_is_told_with_its_own_line(
    file: Path, rules: str, found: list[str]
) -> None:
    assert problems(file, f"[choose]\n{rules}") == found


def test_rules_do_not_come_from_the_environment(file: Path) -> None:
    assert "COMPANION_CHOOSE_RULES is not known" in refusal(file, "", COMPANION_CHOOSE_RULES="calm")


def test_values_have_the_types_of_the_schema(file: Path) -> None:
    config = load(file, '[camera]\nseconds = 3\n[clips]\nproviders = ["local"]')
    assert type(config.camera.seconds) is float
    assert type(config.clips.providers) is tuple
    assert hash(config) == hash(load_config(file, {}))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        # numbers
        ('[camera]\nindex = "0"', "line 2: camera.index must be a whole number"),
        ("[camera]\nindex = true", "line 2: camera.index must be a whole number"),
        ("[camera]\nindex = 1.0", "line 2: camera.index must be a whole number"),
        ("[camera]\nindex = []", "line 2: camera.index must be a whole number"),
        ("[camera]\nindex = 2026-05-01", "line 2: camera.index must be a whole number"),
        ("[camera]\nenabled = 1", "line 2: camera.enabled must be true or false"),
        ('[camera]\nenabled = "yes"', "line 2: camera.enabled must be true or false"),
        ("[camera]\nindex = -1", f"line 2: camera.index {INDEX}"),
        (f"[camera]\nindex = {10**400}", f"line 2: camera.index {INDEX}"),
        ('[camera]\nseconds = "2"', "line 2: camera.seconds must be a number"),
        ("[camera]\nseconds = false", "line 2: camera.seconds must be a number"),
        ("[camera]\nseconds = nan", "line 2: camera.seconds must be from 0.5 to 10"),
        ("[camera]\nseconds = inf", "line 2: camera.seconds must be from 0.5 to 10"),
        ("[camera]\nseconds = -inf", "line 2: camera.seconds must be from 0.5 to 10"),
        ("[camera]\nseconds = 0.49", "line 2: camera.seconds must be from 0.5 to 10"),
        (f"[camera]\nseconds = {10**400}", "line 2: camera.seconds must be from 0.5 to 10"),
        # texts
        ("[clips]\nfolder = 3", 'line 2: clips.folder must be text in "quotes"'),
        ("[clips]\nfolder = {a = 1}", 'line 2: clips.folder must be text in "quotes"'),
        (
            '[spotify]\nclient_id = "abc"',
            f"line 2: spotify.client_id {CLIENT_ID}",
        ),
        # one word of several
        ('[log]\nlevel = "info"', f"line 2: log.level {LEVELS}; did you mean INFO?"),
        ('[log]\nlevel = "WARN"', f"line 2: log.level {LEVELS}; did you mean WARNING?"),
        ('[log]\nlevel = ""', f"line 2: log.level {LEVELS}"),
        ('[choose]\nstrategy = "dice"', f"line 2: choose.strategy {STRATEGY}"),
        # lists
        (
            '[clips]\nproviders = "local"',
            'line 2: clips.providers must be a list of words, such as ["local"]',
        ),
        (
            '[clips]\nproviders = ["local", 3]',
            'line 2: clips.providers must be a list of words, such as ["local"]',
        ),
        (
            '[clips]\nproviders = [["local"]]',
            'line 2: clips.providers must be a list of words, such as ["local"]',
        ),
        (
            '[clips]\nproviders = ["local", "deeser"]',
            "line 2: clips.providers must be one of local, deezer; did you mean deezer?",
        ),
        ('[clips]\nproviders = [""]', "line 2: clips.providers must be one of local, deezer"),
        (
            '[clips]\nproviders = ["local", "local"]',
            "line 2: clips.providers has a duplicate",
        ),
        # unknown keys and sections
        ("[camera]\nindx = 1", "line 2: camera.indx is not known; did you mean index?"),
        ("[camera]\nINDEX = 1", "line 2: camera.INDEX is not known; did you mean index?"),
        ("[camera]\nzoom = 1", "line 2: camera.zoom is not known"),
        ('[camera]\n"" = 1', "line 2: camera. is not known"),
        ("[camra]\nindex = 1", "line 1: camra is not known; did you mean [camera]?"),
        ("\n[Camera]\nindex = 1", "line 2: Camera is not known; did you mean [camera]?"),
        ("\n\n[telescope]", "line 3: telescope is not known"),
        ("\nindex = 1", "line 2: index is not known; did you mean camera.index?"),
        ("\nwhatever = 1", "line 2: whatever is not known"),
        # sections in other forms
        ("\ncamera = 1", "line 2: camera is a section: write it as [camera]"),
        ("\n[[camera]]\nindex = 1", "line 2: camera is a section: write it as [camera]"),
        ("\n\n[camera.lens]\nf = 2", "line 3: camera.lens is not known"),
        ("\ncamera.index = 99", f"line 2: camera.index {INDEX}"),
        ("\ncamera = {index = 99}", f"line 2: camera.index {INDEX}"),
        ("\n[ 'camera' ]\n 'index'\t= 99", f"line 3: camera.index {INDEX}"),
        ("\n[other]\nother = 1", "line 2: other is not known"),
        (
            '[clips]\nfolder = "a\u2028b\x85c"\n[camera]\nindex = 99',
            f"line 4: camera.index {INDEX}",
        ),
    ],
)
def test_absurd_settings(file: Path, text: str, problem: str) -> None:
    assert problems(file, text) == [problem]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "api.deezer.com",
        "ftp://api.deezer.com",
        "file:///etc/hosts",
        "https://",
        "https:///search",
        "http://api.deezer.com",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "http://127.0.0.2",
        "http://0.0.0.0",
        "http://localhost",
        "javascript:alert(1)",
    ],
)
@pytest.mark.parametrize("name", ["clips.deezer_url", "spotify.api_url", "spotify.accounts_url"])
def test_an_address_is_https_or_this_machine(file: Path, name: str, address: str) -> None:
    assert problems(file, f'{name} = "{address}"') == [f"line 1: {name} {ADDRESS}"]


@pytest.mark.parametrize("address", ["https://[::1", "https://host:port", "http://127.0.0.1:99999"])
def test_what_is_no_address_is_refused(file: Path, address: str) -> None:
    [problem] = problems(file, f'spotify.api_url = "{address}"')
    assert problem.startswith("line 1: spotify.api_url is not an address: ")


def test_all_problems_come_at_once_each_with_its_line(file: Path) -> None:
    text = (
        "# mine\n"
        "[camera]\n"
        "index = -1\n"
        "\n"
        "secnds = 2\n"
        "[clips]\n"
        "providers = [\n"
        '  "local",\n'
        '  "vinyl",\n'
        "]\n"
        "[lights]\n"
        "on = true\n"
        "[log]\n"
        'level = "LOUD"\n'
    )
    assert refusal(file, text, COMPANION_CHOOSE_STRATEGY="dice").splitlines() == [
        f"{file} has 6 problems:",
        "  line 3: camera.index must be from 0 to 63",
        "  line 5: camera.secnds is not known; did you mean seconds?",
        "  line 7: clips.providers must be one of local, deezer",
        "  line 11: lights is not known",
        f"  line 14: log.level {LEVELS}",
        f"  environment: COMPANION_CHOOSE_STRATEGY {STRATEGY}",
    ]


def test_one_problem_is_called_one(file: Path) -> None:
    assert refusal(file, "camera = 1").startswith(f"{file} has a problem:\n")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[camera\nindex = 1", "line 1"),
        ("[camera]\nindex = \n", "line 2"),
        ("[camera]\nindex = 1\nindex = 2\n#", "line 3"),
        ("[camera]\n[camera]", "line 2"),
        ('[clips]\nfolder = "C:\\Users\\me"', "line 2"),
        ("index: 1", "line 1"),
        ('[clips]\nfolder = "open', "end of document"),
        ("[camera]\nindex = 1\x00", "line 2"),
        (f"[camera]\nindex = {'9' * 5000}", "digits"),
    ],
)
def test_what_is_no_toml_is_refused_with_its_place(file: Path, text: str, where: str) -> None:
    message = refusal(file, text)
    assert message.startswith(f"{file} is not TOML: ")
    assert where in message
    assert "\n" not in message


def test_what_is_no_text_is_refused(file: Path) -> None:
    assert refusal(file, b"[camera]\n# \xe4\n") == f"{file} is not UTF-8 text."
    assert refusal(file, "[camera]".encode("utf-16")) == f"{file} is not UTF-8 text."


@pytest.mark.parametrize("text", ["[" * 50_000, f"a = {'[' * 50_000}", f"a = {'{b=' * 50_000}"])
def test_what_is_nested_too_deeply_is_refused(file: Path, text: str) -> None:
    assert refusal(file, text).startswith(f"{file} is not TOML")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no FIFOs")
@pytest.mark.timeout(10)
def test_a_pipe_is_refused_and_not_waited_for(file: Path) -> None:
    os.mkfifo(file)
    with pytest.raises(ConfigError) as caught:
        load_config(file, {})
    assert str(caught.value) == f"{file} is a device or a pipe, not a file."
    with pytest.raises(ConfigError) as caught:
        change_settings(file, {("camera", "index"): 3})
    assert str(caught.value) == f"{file} is a device or a pipe, not a file."


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be read: .+"):
        load_config(tmp_path, {})


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("COMPANION_CAMERA_INDEX", "3", "camera.index", 3),
        ("COMPANION_CAMERA_SECONDS", "3", "camera.seconds", 3.0),
        ("COMPANION_CAMERA_SECONDS", "2.5", "camera.seconds", 2.5),
        ("COMPANION_CLIPS_PROVIDERS", "local, deezer", "clips.providers", ["local", "deezer"]),
        ("COMPANION_CLIPS_PROVIDERS", "", "clips.providers", []),
        ("COMPANION_CLIPS_FOLDER", "12", "clips.folder", "12"),
        (
            "COMPANION_SPOTIFY_CLIENT_ID",
            "0123456789abcdef",
            "spotify.client_id",
            "0123456789abcdef",
        ),
        ("COMPANION_LOG_LEVEL", "DEBUG", "log.level", "DEBUG"),
    ],
)
def test_the_environment_sets(file: Path, variable: str, text: str, name: str, value: Any) -> None:
    section, key = name.split(".")
    settings = show(load_config(file, {variable: text}))
    assert settings[section][key] == value
    settings[section][key] = show(Config())[section][key]
    assert settings == show(Config())


@pytest.mark.parametrize(
    ("variable", "text", "problem"),
    [
        ("COMPANION_CAMERA_INDEX", "first", "must be a whole number"),
        ("COMPANION_CAMERA_INDEX", "", "must be a whole number"),
        ("COMPANION_CAMERA_INDEX", "1.5", "must be a whole number"),
        ("COMPANION_CAMERA_INDEX", "9" * 5000, "must be a whole number"),
        ("COMPANION_CAMERA_ENABLED", "no", "must be true or false"),
        ("COMPANION_CAMERA_ENABLED", "", "must be true or false"),
        ("COMPANION_CAMERA_INDEX", "64", "must be from 0 to 63"),
        ("COMPANION_CAMERA_SECONDS", "long", "must be a number"),
        ("COMPANION_CAMERA_SECONDS", "nan", "must be from 0.5 to 10"),
        ("COMPANION_CAMERA_SECONDS", "1e999", "must be from 0.5 to 10"),
        ("COMPANION_CLIPS_PROVIDERS", "local,local", "has a duplicate"),
        ("COMPANION_CLIPS_PROVIDERS", "vinyl", "must be one of local, deezer"),
        ("COMPANION_SPOTIFY_API_URL", "http://api.spotify.com", ADDRESS),
        ("COMPANION_LOG_LEVEL", "debug", f"{LEVELS}; did you mean DEBUG?"),
    ],
)
def test_absurd_variables(file: Path, variable: str, text: str, problem: str) -> None:
    assert problems(file, "", **{variable: text}) == [f"environment: {variable} {problem}"]


def test_environment_before_file_before_schema(file: Path) -> None:
    text = "[camera]\nindex = 1\nseconds = 4.0\n"
    assert load(file, text, COMPANION_CAMERA_INDEX="2").camera == Camera(2, 4.0)
    assert load(file, text).camera == Camera(1, 4.0)
    assert load(file, "").camera == Camera(0, 2.0)


def test_the_process_environment_is_what_counts(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPANION_CAMERA_INDEX", "5")
    assert load_config(file).camera.index == 5


def test_variables_of_others_are_left_alone(file: Path) -> None:
    assert load(file, "", COMPANION_HOME="/somewhere", CAMERA_INDEX="9") == Config()


def test_show_names_every_setting_with_plain_values() -> None:
    settings = show(Config(clips=Clips(providers=("local",))))
    assert {name: list(values) for name, values in settings.items()} == {
        name: [part.name for part in fields(section)] for name, section in SECTIONS.items()
    }
    assert settings["clips"]["providers"] == ["local"]
    assert settings["camera"] == {"index": 0, "seconds": 2.0, "enabled": True, "hours": ""}


names = [*SECTIONS, "index", "providers", "level", "deezer_url", "camra", "'log'"]
values = ["1", "-2.5", "nan", "true", '"INFO"', '""', '["local"]', "[[]]", "{}", "1979-05-27"]
headers = st.sampled_from(names).map("[{}]".format)
keys = st.lists(st.sampled_from(names), min_size=1, max_size=2).map(".".join)
settings = st.tuples(keys, st.sampled_from(values)).map(" = ".join)


@given(st.lists(headers | settings | st.text(max_size=9), max_size=6).map("\n".join))
def test_any_text_loads_or_is_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    try:
        outcome = str(load(file, text))
    except ConfigError as error:
        outcome = str(error)
    assert outcome.startswith(("Config(", f"{file} has ", f"{file} is not TOML: "))


@given(st.integers(0, 63), st.floats(0.5, 10))
def test_numbers_within_their_range_hold(
    tmp_path_factory: pytest.TempPathFactory, index: int, seconds: float
) -> None:
    file = tmp_path_factory.getbasetemp() / "numbers.toml"
    text = f"[camera]\nindex = {index}\nseconds = {seconds!r}\n"
    assert load(file, text).camera == Camera(index, seconds)


@pytest.mark.parametrize(
    ("variable", "problem"),
    [
        (
            "COMPANION_CAMRA_INDEX",
            "COMPANION_CAMRA_INDEX is not known; did you mean COMPANION_CAMERA_INDEX?",
        ),
        ("COMPANION_", "COMPANION_ is not known"),
        ("COMPANION_OF_HONOUR", "COMPANION_OF_HONOUR is not known"),
    ],
)
def test_an_override_of_nothing_is_told(file: Path, variable: str, problem: str) -> None:
    assert f"environment: {problem}" in refusal(file, "", **{variable: "1"})


def test_the_home_is_no_setting(file: Path) -> None:
    assert load(file, "", COMPANION_HOME="/somewhere", COMPANIONABLE="yes") == Config()


def error(file: Path, text: str, **environ: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(file, text, **environ)
    return caught.value


def test_what_is_wrong_with_a_variable_is_not_blamed_on_the_file(file: Path) -> None:
    index, seconds = "COMPANION_CAMERA_INDEX", "COMPANION_CAMERA_SECONDS"
    alone = error(file, "", **{index: "x"})
    assert str(alone).startswith("The environment has a problem:\n")
    assert alone.remedy == "Correct or unset what is named."
    both = error(file, "[camera]\nindex = -1\n", **{seconds: "x"})
    assert str(both).startswith(f"{file} has 2 problems:\n")
    assert both.remedy == f"{ConfigError.remedy.removesuffix('.')}, and the variables."
    assert error(file, "[camera]\nindex = -1\n").remedy == ConfigError.remedy


def test_a_file_too_long_for_settings_is_refused_at_once(file: Path) -> None:
    assert (
        refusal(file, "#" * 1_000_001) == f"{file} is too long for settings: over 1,000,000 bytes."
    )
    assert load(file, "#" * 1_000_000) == Config()


def test_a_number_of_thousands_of_digits_is_named(file: Path) -> None:
    wrong = refusal(file, f"[agent]\nkeep_days = {'9' * 5000}\n")
    assert wrong == f"{file} is not TOML: a number in it has thousands of digits."


def test_the_remedy_for_what_cannot_be_read_is_not_to_correct_it(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for file in (tmp_path, tmp_path / "file" / "config.toml"):
        with pytest.raises(ConfigError, match="cannot be read") as caught:
            load_config(file, {})
        assert caught.value.remedy.startswith("Make it a file that you may read")
