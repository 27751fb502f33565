"""Invented titles and artists, told by neither mood nor quality, without end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

# Nothing here says how a track sounds: a demo must not be solvable by reading titles.
TITLES = (
    "Paper Lantern Weather",
    "Seven Streets to the Sea",
    "The Clockmaker's Nephew",
    "Green Door, Blue Door",
    "Letters to Saturn",
    "Elevator to the Orchard",
    "A Map Made of Bread",
    "Tuesday in Triplicate",
    "Harbour Arithmetic",
    "The Cartographer's Cat",
    "Umbrella for Two Moons",
    "Telegram from the Attic",
    "Copper Kettle",
    "Half a Bicycle",
    "Windows of the Night Train",
    "Nine Coins and a Button",
    "The Lighthouse Next Door",
    "Marble Staircase",
    "An Almanac of Gates",
    "Postcard to Nobody",
    "The Typist of Room Nine",
    "Velvet Compass",
    "Borrowed Ladder",
    "Chalk on the Pavement",
    "The Museum of Spoons",
    "Salt and Semaphore",
    "Radio from the Riverbank",
    "Thirteen Keys",
)
ARTISTS = (
    "The Orchard Telegraph",
    "Mina Quill",
    "Otter & Lamplight",
    "Parallel Gardens",
    "Juniper Vale",
    "The Borrowed Hats",
    "Kestrel Avenue",
    "Ida Thimble",
    "Northbound Teacups",
    "The Paper Admirals",
    "Lorimer Finch",
    "Glasshouse Nine",
    "Saffron Pylon",
    "Theo Marrow",
)
FIRST = ("Amber", "Brass", "Cedar", "Distant", "Eleventh", "Folded", "Grey", "Hidden", "Inland")
SECOND = ("Anchor", "Bridge", "Carousel", "Dial", "Envelope", "Ferry", "Gramophone", "Hinge")


def names() -> Iterator[tuple[str, str]]:
    """Pairs of title and artist: first the written ones, then numbered ones, all different."""
    yield from zip(TITLES, ARTISTS * 2, strict=True)
    for number in count(len(TITLES)):
        title = f"{FIRST[number % len(FIRST)]} {SECOND[number % len(SECOND)]} No. {number}"
        yield title, f"{ARTISTS[number % len(ARTISTS)]} {1 + number // 500}"
