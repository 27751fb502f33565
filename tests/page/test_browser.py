"""The page in a real browser: each tab's main act, its access, its look in light and dark."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from companion.config.file import load_config
from companion.store.database import open_database
from companion.store.history.feedback import blocks, read_corrections
from companion.store.history.overrides import read_pause, read_set_mood
from companion.store.history.queue import newest_entries
from companion.store.tracks.corrections import read_track_corrections
from tests.page.chromium import chromium, needs_chromium
from tests.page.served import Served
from tests.store.samples import NOON

pytestmark = [pytest.mark.slow, needs_chromium]

TABS = ("today", "now", "why", "library", "settings", "setup", "doctor")
NARROW, WIDE = 320, 3840
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


class Page:
    """A tab of the browser that fails the test where the page's script does."""

    def __init__(self, browser: Any, served: Served, **options: Any) -> None:
        self.context = browser.new_context(locale="en-GB", **options)
        self.tab = self.context.new_page()
        self.errors: list[str] = []
        self.tab.on("pageerror", lambda error: self.errors.append(str(error)))
        self.tab.on("console", self._note)
        self._served = served
        self.tab.goto(served.fresh())

    def _note(self, message: Any) -> None:
        if message.type == "error" and "409" not in message.text:  # a problem that is shown
            self.errors.append(message.text)

    def show(self, name: str) -> Any:
        self.tab.goto(f"http://127.0.0.1:{self._served.port}/#/{name}")
        self.tab.wait_for_selector(f"main[data-tab={name}]")
        if name == "doctor":
            self.tab.wait_for_selector(".checks", timeout=60_000)
        return self.tab

    def close(self) -> None:
        self.context.close()
        assert self.errors == []


@pytest.fixture
def page(browser: Any, served: Served) -> Iterator[Page]:
    found = Page(browser, served)
    yield found
    found.close()


def press(tab: Any, name: str, **options: Any) -> None:
    tab.get_by_role("button", name=name, **options).first.click()


def told(tab: Any) -> str:
    tab.wait_for_selector("#notice:not(:empty)")
    text: str = tab.locator("#notice").inner_text()
    return text


class TestAccess:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_axe_finds_nothing_serious(self, browser: Any, served: Served, scheme: str) -> None:
        page = Page(browser, served, color_scheme=scheme, bypass_csp=True)
        found = {}
        for name in TABS:
            tab = page.show(name)
            for details in tab.locator("details:not([open]) > summary").all()[:1]:
                details.click()
            violations = Axe().run(tab).response["violations"]
            serious = [one["id"] for one in violations if one["impact"] in SERIOUS]
            if serious:
                found[name] = serious
        page.close()
        assert found == {}

    @pytest.mark.parametrize("width", [NARROW, WIDE])
    def test_nothing_reaches_beyond_the_window(
        self, browser: Any, served: Served, width: int
    ) -> None:
        page = Page(browser, served, viewport={"width": width, "height": 800})
        for name in TABS:
            shown = page.show(name).evaluate("document.documentElement.scrollWidth")
            assert shown <= width, name
        page.close()

    def test_the_keyboard_alone_is_enough(self, page: Page, served: Served) -> None:
        tab = page.show("now")
        for _ in range(40):
            tab.keyboard.press("Tab")
            if tab.evaluate("document.activeElement.dataset.name") == "pause-30":
                break
        tab.keyboard.press("Enter")
        tab.wait_for_selector("[data-name=resume]")
        with open_database(served.paths.database) as db:
            assert read_pause(db, NOON) is not None

    def test_in_german_no_key_is_left(self, browser: Any, served: Served) -> None:
        page = Page(browser, served)
        page.tab.select_option("#language", "de")
        for name in TABS:
            text = page.show(name).locator("body").inner_text()
            assert not re.search(r"\b(?:now|why|library|setup|check|outcome|state)\.[a-z]", text)
        assert page.tab.evaluate("document.documentElement.lang") == "de"
        page.close()


def tell_more(served: Served) -> None:
    """Give the newest pick every reason that there can be."""
    place = {"valence": -0.5, "arousal": -0.4}
    with open_database(served.paths.database) as db:
        entry = next(newest_entries(db, 1))
        assert entry.why["reading"]
        why = dict(entry.why) | {
            "reading": {
                **entry.why["reading"],
                "doubt": "unpleasant, low arousal, perhaps sadness",
                "confidence": 0.41,
            },
            "heard": {
                "words": ["mellow", "sung by a woman"],
                "tempo": 73.8,
                "feelings": ["calm", "a little sad"],
            },
            "listening": "you have been playing calm, content music since 21:04, "
            "as on most evenings; one track was skipped early",
            "sources": {"face": {**place, "share": 0.7}, "listening": {**place, "share": 0.3}},
            "away_from": [place, place],
        }
        db.execute("UPDATE queue_entries SET why = ? WHERE id = ?", (json.dumps(why), entry.id))


class TestActs:
    def test_the_token_is_gone_from_the_address(self, page: Page) -> None:
        page.tab.wait_for_selector("main[data-tab=today]")
        assert "token" not in page.tab.evaluate("location.href")
        assert page.tab.evaluate("document.cookie") == ""

    def test_today_has_the_line_and_the_visits(self, page: Page) -> None:
        tab = page.show("today")
        press(tab, "Previous day")  # the simulated day may begin before midnight
        press(tab, "Next day")
        tab.wait_for_selector(".day-line path.curve")
        assert tab.locator(".day-line .pick").count() > 0
        assert "The camera was open" in tab.locator("main").inner_text()

    def test_now_sets_a_mood_and_what_would_come_changes(self, page: Page, served: Served) -> None:
        tab = page.show("now")
        press(tab, "calm", exact=True)
        assert "calm" in told(tab)
        tab.get_by_text("calm, set by you").wait_for()
        with open_database(served.paths.database) as db:
            mood = read_set_mood(db, NOON)
        assert mood is not None
        assert mood.name == "calm"

    def test_now_says_that_no_agent_answers(self, page: Page) -> None:
        tab = page.show("now")
        press(tab, "Visit now")
        tab.get_by_text("The agent is not running.", exact=True).wait_for()

    def test_why_takes_all_that_is_said(self, page: Page, served: Served) -> None:
        tab = page.show("why")
        pick = tab.locator("article").first
        pick.get_by_role("button", name="Block Artist").click()
        tab.get_by_text("Blocked:").first.wait_for()
        select = tab.locator("article").first.locator("select")
        select.select_option("surprise")
        tab.locator("article").first.get_by_role("button", name="Send").click()
        tab.get_by_text("You corrected this reading.").wait_for()
        with open_database(served.paths.database) as db:
            assert len(blocks(db)) == 1
            assert [one.name for one in read_corrections(db)] == ["surprise"]
        press(tab, "Undo")
        tab.get_by_text("Undone:").wait_for()
        with open_database(served.paths.database) as db:
            assert read_corrections(db) == []

    @pytest.mark.parametrize(
        ("language", "told"),
        [
            (
                "en",
                (
                    "Your face said unpleasant, low arousal, perhaps sadness, 41% sure.",
                    "What was heard: mellow, sung by a woman, 74 bpm;",
                    "it sounds calm and a little sad.",
                    "Your listening says that you have been playing calm, content music since",
                    "21:04, as on most evenings; one track was skipped early.",
                    "70% by your face and 30% by your listening",
                    "The last 2 picks were skipped early",
                ),
            ),
            (
                "de",
                (
                    "Ihr Gesicht sagte unangenehm, niedrige Erregung, vielleicht Trauer, zu 41",
                    "Zu hören war: sanft, von einer Frau gesungen, 74",
                    "es klingt ruhig und ein wenig traurig.",
                    "Ihr Hören sagt: Sie hören ruhige, zufriedene Musik seit 21:04,",
                    "wie an den meisten Abenden; ein Titel wurde früh übersprungen.",
                    "nach Ihrem Gesicht und zu 30",
                    "Die letzten 2 Titel wurden früh übersprungen",
                ),
            ),
        ],
    )
    def test_why_tells_all_reasons_in_each_language(
        self, browser: Any, served: Served, language: str, told: tuple[str, ...]
    ) -> None:
        tell_more(served)
        page = Page(browser, served)
        page.tab.select_option("#language", language)
        pick = page.show("why").locator("article").first
        pick.locator("summary").click()
        text = pick.inner_text()
        for sentence in told:
            assert sentence in text
        page.close()

    def test_library_finds_and_moves_a_track(self, page: Page, served: Served) -> None:
        tab = page.show("library")
        tab.get_by_role("searchbox").fill("song 77")
        tab.get_by_role("button", name="Song 77").first.click()
        tab.get_by_role("spinbutton", name="Valence").fill("-0.5")
        tab.get_by_role("spinbutton", name="Arousal").fill("0.25")
        press(tab, "Move it there")
        tab.get_by_text("by you").wait_for()
        with open_database(served.paths.database) as db:
            (moved,) = read_track_corrections(db)
        assert (moved.meant.valence, moved.meant.arousal) == (-0.5, 0.25)

    def test_a_point_of_the_map_is_chosen_by_a_press(self, page: Page) -> None:
        tab = page.show("library")
        box = tab.locator(".map canvas").bounding_box()
        unit = (min(box["width"], box["height"]) - 68) / 2
        columns = tab.evaluate("fetch('/api/map').then((answer) => answer.json())")
        x = box["x"] + box["width"] / 2 + columns["valence"][0] * unit
        tab.mouse.click(x, box["y"] + box["height"] / 2 - columns["arousal"][0] * unit)
        tab.locator(".panel h2").wait_for()

    def test_settings_are_checked_and_written(self, page: Page, served: Served) -> None:
        served.paths.config.write_text("# mine\n[agent]\nlate_seconds = 30.0  # short\n")
        tab = page.show("settings")
        late = tab.get_by_label("late seconds")
        late.fill("5")
        press(tab, "Save", exact=True)
        tab.get_by_text("must be from 10 to 300").wait_for()
        late.fill("60")
        press(tab, "Save", exact=True)
        tab.get_by_text("Saved;").wait_for()
        text = served.paths.config.read_text()
        assert text == "# mine\n[agent]\nlate_seconds = 60  # short\n"
        press(tab, "Add a rule")
        tab.wait_for_function("document.querySelectorAll('.week td.calm').length === 56")
        with tab.expect_response("**/api/save-rules"):
            press(tab, "Save the rules")
        assert load_config(served.paths.config).choose.rules[0].between == "22:00-06:00"

    def test_setup_goes_on_at_the_next_step(self, page: Page, served: Served) -> None:
        tab = page.show("setup")
        tab.get_by_label("Client ID").fill("0123456789abcdef")
        press(tab, "Keep")
        tab.get_by_text("Sign in to Spotify").wait_for()
        assert load_config(served.paths.config).spotify.client_id == "0123456789abcdef"

    # uvloop forks to start a program, and another test may have loaded JAX into this process.
    @pytest.mark.filterwarnings(r"ignore:os\.fork\(\) was called:RuntimeWarning")
    def test_setup_says_that_there_is_no_camera(self, page: Page) -> None:
        tab = page.show("setup")
        press(tab, "5. Camera")
        press(tab, "See what the camera sees")
        tab.get_by_text("camera 0").first.wait_for(timeout=60_000)

    def test_doctor_checks_again(self, page: Page) -> None:
        tab = page.show("doctor")
        assert tab.locator(".check").count() >= 18
        press(tab, "Check again")
        tab.get_by_text("Checked.").wait_for(timeout=60_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_screenshots_for_a_person_to_look_at(
    browser: Any, served: Served, tmp_path: Path, scheme: str
) -> None:
    page = Page(browser, served, color_scheme=scheme)
    for name in TABS:
        file = tmp_path / f"{name}-{scheme}.png"
        page.show(name).screenshot(path=file)
        assert file.stat().st_size > 10_000
    page.close()
