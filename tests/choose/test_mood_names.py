from __future__ import annotations

import pytest
from hypothesis import given

from companion.affect import EMOTION_AFFECT, QUADRANT_AFFECT, Affect, Emotion, Quadrant
from companion.choose.mood_names import parse_mood
from companion.errors import UsageError
from tests.choose.makers import affects


@pytest.mark.parametrize("emotion", list(Emotion))
def test_every_emotion_has_its_name(emotion: Emotion) -> None:
    named = parse_mood(f" {emotion.value.title()} ")
    assert (named.affect, named.emotion) == (EMOTION_AFFECT[emotion], emotion)
    assert named.name == emotion.value


@pytest.mark.parametrize("quadrant", list(Quadrant))
def test_every_quadrant_has_its_names(quadrant: Quadrant) -> None:
    for text in (quadrant.value, quadrant.value.lower(), *quadrant.words.split(", ")):
        named = parse_mood(text)
        assert (named.affect, named.emotion) == (QUADRANT_AFFECT[quadrant], None)


@given(affects)
def test_every_place_can_be_named(affect: Affect) -> None:
    named = parse_mood(f"{affect.valence},{affect.arousal}")
    assert (named.affect, named.emotion) == (affect, None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("clam", "'clam' is not a mood. Did you mean calm?"),
        ("hapiness", "'hapiness' is not a mood. Did you mean happiness?"),
        ("", "'' is not a mood."),
        ("xyzzy", "'xyzzy' is not a mood."),
        ("0.5", "'0.5' is not a mood."),
        ("1.1,0", "'1.1,0' is not a place on the affect plane."),
        ("nan,0", "'nan,0' is not a place on the affect plane."),
        ("1,2,3", "'1,2,3' is not a place on the affect plane."),
        ("0,", "'0,' is not a place on the affect plane."),
        ("calm,sad", "'calm,sad' is not a place on the affect plane."),
    ],
)
def test_what_is_no_mood_is_told_with_what_was_meant(text: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_mood(text)
    assert str(caught.value) == told
