from __future__ import annotations

import json
from pathlib import Path

import pytest
from evaluation.library import read_library, split_artists

from companion.affect import Quadrant
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
    assert clip.label is Quadrant.Q2
    assert clip.tagged.track.artists == ("who",)
    assert clip.tagged.confidence == 0.7
    assert clip.tagged.affect.valence == pytest.approx(-0.6 * 0.8 + 0.6 * 0.2)


def test_no_artist_is_on_both_sides() -> None:
    library = make_library()
    inside, outside = split_artists(library, 1 / 3, seed=0)
    assert sorted(map(str, inside + outside)) == sorted(map(str, library))
    assert {clip.tagged.track.artist for clip in inside}.isdisjoint(
        clip.tagged.track.artist for clip in outside
    )
    assert len(inside) == pytest.approx(len(library) / 3, abs=2)
    assert split_artists(library, 1 / 3, seed=0) == (inside, outside)
