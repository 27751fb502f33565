"""Twenty-eight styles of music, seven for each quadrant of the affect plane."""

from __future__ import annotations

from companion.affect import Quadrant
from companion.demo.composer.styles import Layer, Style

Q1, Q2, Q3, Q4 = Quadrant

ROCK = (
    ("kick", "x.....x.x.x....."),
    ("snare", "....x.......x..."),
    ("hat", "x.x.x.x.x.x.x.x."),
)
FLOOR = (
    ("kick", "x...x...x...x..."),
    ("clap", "....x.......x..."),
    ("open_hat", "..x...x...x...x."),
    ("shaker", "xxxxxxxxxxxxxxxx"),
)
PUNK = (("kick", "x.x...x.x.x...x."), ("snare", "..x...x...x...x."), ("crash", "x.x.x.x.x.x.x.x."))
BLAST = (("kick", "xxxxxxxxxxxxxxxx"), ("snare", "....x.......x..."), ("crash", "x...x...x...x..."))
HEAVY = (("kick", "x..x..x...x..x.."), ("snare", "....x.......x..x"), ("crash", "x.......x......."))
STOMP = (("kick", "x..x..x.x.x....."), ("snare", "....x.......x..."), ("crash", "x...x...x...x..."))
MACHINE = (
    ("kick", "x...x...x...x..."),
    ("snare", "....x.......x..x"),
    ("crash", "..x...x...x...x."),
)
BRUSHES = (("brush", "x...x...x...x..."), ("soft_kick", "x.......x......."))

STYLES: tuple[Style, ...] = (
    Style(
        "pop rock", Q1, 134, "major", (0, 4, 5, 3),
        (
            Layer("chords", "steel", "x.x.xxx.x.xxx.xx", 52, 0.5),
            Layer("power", "saw", "x.x.x.x.x.x.x.x.", 45, 0.3, 0.8, 3.0),
            Layer("bass", "bass", "x.x.x.x.x.x.f.f.", 33, 0.39, 0.8),
            Layer("melody", "singer", "x.x.x.xxx.x.x.x.", 67, 0.6, 0.85),
        ),
        ROCK,
    ),
    Style(
        "metal", Q2, 172, "phrygian", (0, 0, 1, 0),
        (
            Layer("power", "saw", "xxx.xxx.xx.xxxx.", 36, 1.0, 0.6, 14.0),
            Layer("power", "square", "x.......x.......", 43, 0.4, 0.95, 14.0),
            Layer("bass", "bass", "xxx.xxx.xx.xxxx.", 28, 0.33, 0.7, 4.0),
            Layer("melody", "saw", "x..x..x.x..x..x.", 64, 0.35, 0.9, 8.0),
        ),
        BLAST, cutoff_hz=10000, reverb=0.06,
    ),
    Style(
        "piano nocturne", Q3, 56, "minor", (0, 5, 3, 4),
        (
            Layer("arpeggio", "piano", "x.x.x.x.x.x.x.x.", 45, 0.5, 2.0),
            Layer("bass", "piano", "x...............", 33, 0.28, 1.0),
            Layer("melody", "piano", "x...x.....x.x...", 64, 0.6, 1.2),
        ),
        cutoff_hz=4000, reverb=0.19,
    ),
    Style(
        "fingerpicking", Q4, 84, "major", (0, 3, 0, 4),
        (
            Layer("arpeggio", "nylon", "x.x.xxx.x.x.xxx.", 50, 0.8, 2.0),
            Layer("bass", "nylon", "x.......f.......", 40, 0.39, 1.0),
            Layer("melody", "nylon", "x...x.x.....x...", 67, 0.5, 1.5),
        ),
        cutoff_hz=7000, reverb=0.12,
    ),
    Style(
        "dance", Q1, 126, "major", (0, 4, 5, 3),
        (
            Layer("chords", "brass", "..x...x...x...x.", 60, 0.5, 0.5),
            Layer("bass", "bass", "x.o.x.o.x.o.x.o.", 33, 0.44, 0.6),
            Layer("arpeggio", "square", "xxxxxxxxxxxxxxxx", 72, 0.25, 0.6),
            Layer("melody", "singer", "x..x..x.x..x..x.", 69, 0.5, 0.8),
        ),
        FLOOR, cutoff_hz=12000,
    ),
    Style(
        "hard rock", Q2, 142, "minor", (0, 0, 6, 5),
        (
            Layer("power", "saw", "x..x..x.x.xx..x.", 40, 1.0, 0.8, 10.0),
            Layer("bass", "bass", "x..x..x.x.xx..x.", 28, 0.39, 0.9, 3.0),
            Layer("melody", "singer", "x.xx..x.x.xx....", 62, 0.7, 0.8, 4.0),
        ),
        STOMP,
        cutoff_hz=9500, reverb=0.08,
    ),
    Style(
        "adagio", Q3, 52, "minor", (0, 3, 4, 0),
        (
            Layer("chords", "strings", "x.......x.......", 43, 0.6, 1.05),
            Layer("bass", "strings", "x...............", 31, 0.28, 1.05),
            Layer("melody", "strings", "x...x...x.x.x...", 62, 0.5, 1.05),
        ),
        cutoff_hz=3400, reverb=0.25,
    ),
    Style(
        "electric piano ballad", Q4, 74, "major", (0, 5, 1, 4),
        (
            Layer("chords", "ep", "x..x..x.x...x...", 53, 0.7, 1.0),
            Layer("bass", "soft_bass", "x.......f.....o.", 33, 0.39, 0.95),
            Layer("melody", "flute", "x...x.x...x.x...", 67, 0.4, 0.95),
        ),
        BRUSHES, sevenths=True, cutoff_hz=7000, reverb=0.13,
    ),
    Style(
        "ska", Q1, 152, "major", (0, 3, 4, 0),
        (
            Layer("chords", "organ", "..x...x...x...x.", 60, 0.5, 0.45),
            Layer("chords", "steel", "..x...x...x...x.", 55, 0.5, 0.4),
            Layer("bass", "bass", "x...f...o...f...", 33, 0.44, 0.8),
            Layer("melody", "brass", "x.x.x.x.x...x.x.", 67, 0.6, 0.6),
        ),
        (("kick", "x.......x......."), ("snare", "....x.......x..."), ("hat", "x.xxx.xxx.xxx.xx")),
    ),
    Style(
        "industrial", Q2, 130, "phrygian", (0, 1, 0, 0),
        (
            Layer("bass", "saw", "xxxxxxxxxxxxxxxx", 30, 0.55, 0.7, 12.0),
            Layer("power", "square", "x.....x...x.....", 42, 0.6, 0.6, 12.0),
            Layer("melody", "singer", "x.x...x.x.x.....", 55, 0.7, 0.6, 12.0),
        ),
        MACHINE,
        reverb=0.1, cutoff_hz=11000,
    ),
    Style(
        "minor ballad", Q3, 62, "minor", (0, 5, 2, 6),
        (
            Layer("arpeggio", "nylon", "x.x.x.x.x.x.x.x.", 45, 0.6, 1.8),
            Layer("bass", "soft_bass", "x...............", 33, 0.28, 0.9),
            Layer("melody", "singer", "x.....x.x.......", 57, 0.55, 1.0),
        ),
        cutoff_hz=4600, reverb=0.17,
    ),
    Style(
        "soft folk", Q4, 92, "major", (0, 4, 3, 0),
        (
            Layer("chords", "nylon", "x...x.x.x...x.x.", 50, 0.7, 1.2),
            Layer("bass", "soft_bass", "x.......f.......", 36, 0.28, 0.9),
            Layer("melody", "flute", "x...x...x.x.x...", 69, 0.4, 0.95),
        ),
        (("shaker", "x.x.x.x.x.x.x.x."),),
        cutoff_hz=7700, reverb=0.11,
    ),
    Style(
        "funk", Q1, 112, "mixolydian", (0, 0, 3, 0),
        (
            Layer("chords", "steel", "x.xx.xx.x.xx.xxx", 57, 0.5, 0.4),
            Layer("bass", "bass", "x..x..o.x.x.o.f.", 31, 0.5, 0.6),
            Layer("chords", "brass", "......x...x.....", 62, 0.5, 0.5),
            Layer("melody", "singer", "x.x..xx.x..xx...", 67, 0.5, 0.7),
        ),
        (
            ("kick", "x..x...x..x....."),
            ("snare", "....x..x.x..x..."),
            ("hat", "xxxxxxxxxxxxxxxx"),
            ("clap", "....x.......x..."),
        ),
        sevenths=True, cutoff_hz=11000,
    ),
    Style(
        "dark hip-hop", Q2, 92, "phrygian", (0, 0, 1, 0),
        (
            Layer("bass", "bass", "x.....x...x..x..", 26, 0.55, 1.0, 4.0),
            Layer("chords", "strings", "x...x...x...x...", 50, 0.4, 0.4, 3.0),
            Layer("melody", "singer", "xxx.xx.xxxx.xx.x", 50, 0.9, 0.5, 5.0),
        ),
        (
            ("kick", "x..x..x...x....."),
            ("snare", "....x.......x..."),
            ("clap", "....x.......x..."),
            ("hat", "xxxxxxxxxxxxxxxx"),
        ),
        cutoff_hz=11000, reverb=0.05,
    ),
    Style(
        "dark ambient", Q3, 48, "minor", (0, 0, 5, 3),
        (
            Layer("chords", "pad", "x...............", 41, 0.7, 1.1),
            Layer("bass", "pad", "x...............", 29, 0.33, 1.1),
            Layer("arpeggio", "piano", "x.....x...x.....", 57, 0.5, 1.5),
        ),
        cutoff_hz=2500, reverb=0.28,
    ),
    Style(
        "bell meadow", Q4, 66, "lydian", (0, 4, 0, 1),
        (
            Layer("chords", "pad", "x...............", 55, 0.5, 1.05),
            Layer("arpeggio", "bell", "x.xx..x.x.x..x..", 72, 0.5, 2.0),
            Layer("bass", "soft_bass", "x...............", 36, 0.28, 1.0),
        ),
        sevenths=True, cutoff_hz=6300, reverb=0.24,
    ),
    Style(
        "swing", Q1, 176, "major", (0, 5, 1, 4),
        (
            Layer("chords", "piano", "..x...x.x.....x.", 55, 0.6, 0.5),
            Layer("bass", "soft_bass", "x...f...o...f...", 34, 0.44, 0.9),
            Layer("melody", "brass", "x.x.x.xxx.x.x.x.", 67, 0.6, 0.7),
        ),
        (("ride", "x...x.x.x...x.x."), ("hat", "....x.......x..."), ("snare", "......x.......x.")),
        sevenths=True, swing=0.33, cutoff_hz=9000,
    ),
    Style(
        "thrash", Q2, 194, "phrygian", (0, 1, 0, 4),
        (
            Layer("power", "saw", "x.xxx.xxx.xxx.xx", 40, 1.0, 0.7, 12.0),
            Layer("bass", "bass", "x.x.x.x.x.x.x.x.", 28, 0.33, 0.8, 5.0),
            Layer("melody", "singer", "x.x.x.x.x.x.....", 60, 0.8, 0.7, 10.0),
        ),
        PUNK, cutoff_hz=11000, reverb=0.07,
    ),
    Style(
        "elegy", Q3, 64, "minor", (0, 6, 5, 4),
        (
            Layer("chords", "piano", "x...x...x...x...", 48, 0.6, 1.0),
            Layer("bass", "strings", "x...............", 36, 0.22, 1.05),
            Layer("melody", "strings", "x.......x.x.....", 57, 0.5, 1.05),
        ),
        (("brush", "x.......x......."),), cutoff_hz=4000, reverb=0.19,
    ),
    Style(
        "bossa", Q4, 96, "major", (0, 1, 4, 0),
        (
            Layer("chords", "nylon", "x..x..x...x..x..", 52, 0.7, 0.8),
            Layer("bass", "soft_bass", "x.....f.x.....f.", 36, 0.39, 0.9),
            Layer("melody", "flute", "x..x..x...x.x...", 67, 0.45, 0.9),
        ),
        (("shaker", "x.x.x.x.x.x.x.x."), ("soft_kick", "x.......x.......")),
        sevenths=True, cutoff_hz=7700, reverb=0.11,
    ),
    Style(
        "power pop", Q1, 164, "major", (0, 3, 4, 3),
        (
            Layer("power", "saw", "x.x.x.x.x.x.x.x.", 45, 0.7, 0.8, 5.0),
            Layer("chords", "steel", "x.x.x.x.x.x.x.x.", 57, 0.4, 0.8),
            Layer("bass", "bass", "x.x.x.x.x.x.x.x.", 33, 0.39, 0.8),
            Layer("melody", "singer", "x.x.x.x.x.xxx...", 69, 0.7, 0.85),
        ),
        ROCK, cutoff_hz=11000,
    ),
    Style(
        "chase", Q2, 158, "harmonic minor", (0, 4, 0, 6),
        (
            Layer("chords", "strings", "xxxxxxxxxxxxxxxx", 48, 0.6, 0.5, 2.0),
            Layer("bass", "brass", "x..x..x.x..x..x.", 31, 0.44, 0.7, 3.0),
            Layer("melody", "brass", "x.....x.x.x.....", 62, 0.7, 0.8, 3.0),
        ),
        (("tom", "x..x..x.x..x.xxx"), ("crash", "x.......x......."), ("snare", "xxxxxxxxxxxxxxxx")),
        sevenths=True, cutoff_hz=9500, reverb=0.15,
    ),
    Style(
        "sad waltz", Q3, 70, "harmonic minor", (0, 3, 4, 0),
        (
            Layer("chords", "nylon", "....x...x...", 50, 0.5, 1.0),
            Layer("bass", "nylon", "x...........", 40, 0.33, 1.0),
            Layer("melody", "strings", "x...x...x.x.", 62, 0.4, 1.05),
        ),
        cutoff_hz=4000, reverb=0.19,
    ),
    Style(
        "lullaby", Q4, 80, "major", (0, 3, 4, 0),
        (
            Layer("arpeggio", "piano", "x.x.x.x.x.x.", 52, 0.6, 1.5),
            Layer("bass", "piano", "x...........", 40, 0.28, 1.0),
            Layer("melody", "bell", "x...x...x...", 72, 0.35, 1.5),
        ),
        cutoff_hz=5600, reverb=0.17,
    ),
    Style(
        "latin", Q1, 118, "major", (0, 3, 4, 3),
        (
            Layer("arpeggio", "piano", "x.xx.xx.x.xx.xx.", 60, 0.7, 0.6),
            Layer("bass", "bass", "x..f..o.x..f..o.", 33, 0.44, 0.7),
            Layer("chords", "brass", "x..x......x.x...", 65, 0.5, 0.4),
            Layer("melody", "brass", "x..x..x.x..x..x.", 70, 0.5, 0.7),
        ),
        (
            ("kick", "x...x...x...x..."),
            ("clap", "x..x..x...x.x..."),
            ("shaker", "xxxxxxxxxxxxxxxx"),
            ("tom", "......xx......xx"),
        ),
        cutoff_hz=11000,
    ),
    Style(
        "heavy groove", Q2, 104, "phrygian", (0, 0, 0, 1),
        (
            Layer("power", "saw", "x.xx..x...xx.x..", 33, 1.0, 0.8, 14.0),
            Layer("bass", "bass", "x.xx..x...xx.x..", 26, 0.39, 0.8, 5.0),
            Layer("melody", "singer", "xx.xx.xxx.xx.x..", 55, 0.9, 0.6, 10.0),
        ),
        HEAVY, cutoff_hz=10500, reverb=0.06,
    ),
    Style(
        "dirge", Q3, 54, "minor", (0, 4, 5, 0),
        (
            Layer("chords", "organ", "x...............", 45, 0.4, 1.0),
            Layer("chords", "piano", "x...x...x...x...", 48, 0.4, 1.0),
            Layer("bass", "organ", "x...............", 33, 0.22, 1.0),
            Layer("melody", "singer", "x.......x.......", 55, 0.5, 1.0),
        ),
        cutoff_hz=3400, reverb=0.25,
    ),
    Style(
        "porch song", Q4, 78, "major", (0, 5, 3, 4),
        (
            Layer("arpeggio", "nylon", "x.x.x.x.x.x.x.x.", 50, 0.7, 1.8),
            Layer("chords", "strings", "x...............", 55, 0.25, 1.0),
            Layer("bass", "soft_bass", "x.......f.......", 36, 0.28, 0.9),
            Layer("melody", "singer", "x...x.x.....x...", 62, 0.4, 0.95),
        ),
        BRUSHES, cutoff_hz=6300, reverb=0.13,
    ),
)  # fmt: skip
