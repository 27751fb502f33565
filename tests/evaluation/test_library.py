from __future__ import annotations

import json
from pathlib import Path

import pytest
from evaluation.library import at_corners, read_library, split_artists

from companion.affect import Quadrant
from companion.music.model.place import place
from tests.evaluation.sets import make_library

HEAD = "clip,dataset,artist_group,artist,title,quadrant,mirex_cluster,mirex_tag,duration_s\n"


def test_a_clip_needs_a_label_and_a_tag(tmp_path: Path) -> None:
    rows = [
        "a.opus,quadrant,who,Who,A,Q2,,,30",
        "b.opus,mirex,who,Who,B,,5,,30",
        "c.opus,quadrant,whom,Whom,C,Q1,,,30",
    ]
    (tmp_path / "clips.csv").write_text(HEAD + "\n".join(rows) + "\n", "utf-8")
    tags = tmp_path / "oof.json"
    tag = {"probabilities": [0.1, 0.7, 0.1, 0.1], "confidence": 0.7}
    tags.write_text(json.dumps({"clips": {"a.opus": tag, "b.opus": tag}}), "utf-8")
    [clip] = read_library(tmp_path, tags)
    where = place(dict(zip(Quadrant, tag["probabilities"], strict=True)))  # type: ignore[call-overload]
    assert clip.label is Quadrant.Q2
    assert clip.tagged.track.artists == ("who",)
    assert clip.tagged.confidence == 0.7
    assert clip.tagged.affect == where.affect
    assert clip.tagged.spread == (where.valence_spread, where.arousal_spread)
    [before] = read_library(tmp_path, tags, at_corners)
    assert before.tagged.affect.valence == pytest.approx(-0.6 * 0.8 + 0.6 * 0.2)
    assert before.tagged.spread == (0, 0)


def test_two_tracks_of_a_corner_have_places_of_their_own() -> None:
    sad, sadder = ([0.02, 0.08, 0.7, 0.2], [0.01, 0.01, 0.96, 0.02])
    tracks = [place(dict(zip(Quadrant, shares, strict=True))).affect for shares in (sad, sadder)]
    assert {one.quadrant for one in tracks} == {Quadrant.Q3}
    assert tracks[0].distance(tracks[1]) > 0.2
    assert tracks[1].valence < tracks[0].valence
    assert tracks[1].arousal < tracks[0].arousal


def test_no_artist_is_on_both_sides() -> None:
    library = make_library()
    inside, outside = split_artists(library, 1 / 3, seed=0)
    assert sorted(map(str, inside + outside)) == sorted(map(str, library))
    assert {clip.tagged.track.artist for clip in inside}.isdisjoint(
        clip.tagged.track.artist for clip in outside
    )
    assert len(inside) == pytest.approx(len(library) / 3, abs=2)
    assert split_artists(library, 1 / 3, seed=0) == (inside, outside)
