"""The tags that the two musicnn taggers know, in the order of their outputs."""

from __future__ import annotations

import numpy as np

from companion.music.decode import Floats

FAINT = 1e-4  # what is likelier than this, and than its opposite, is told apart

MSD_TAGS = (
    *("rock", "pop", "alternative", "indie", "electronic", "female vocalists", "dance", "00s"),
    *("alternative rock", "jazz", "beautiful", "metal", "chillout", "male vocalists"),
    *("classic rock", "soul", "indie rock", "Mellow", "electronica", "80s", "folk", "90s"),
    *("chill", "instrumental", "punk", "oldies", "blues", "hard rock", "ambient", "acoustic"),
    *("experimental", "female vocalist", "guitar", "Hip-Hop", "70s", "party", "country"),
    *("easy listening", "sexy", "catchy", "funk", "electro", "heavy metal", "Progressive rock"),
    *("60s", "rnb", "indie pop", "sad", "House", "happy"),
)
MTT_TAGS = (
    *("guitar", "classical", "slow", "techno", "strings", "drums", "electronic", "rock", "fast"),
    *("piano", "ambient", "beat", "violin", "vocal", "synth", "female", "indian", "opera"),
    *("male", "singing", "vocals", "no vocals", "harpsichord", "loud", "quiet", "flute"),
    *("woman", "male vocal", "no vocal", "pop", "soft", "sitar", "solo", "man", "classic"),
    *("choir", "voice", "new age", "dance", "male voice", "female vocal", "beats", "harp"),
    *("cello", "no voice", "weird", "country", "metal", "female voice", "choral"),
)


def logits(probabilities: Floats) -> Floats:
    """The logarithms of the odds, which the heads see of the tags."""
    odds = (probabilities + FAINT) / (1 - probabilities + FAINT)
    logarithms: Floats = np.log(odds).astype(np.float32)
    return logarithms
