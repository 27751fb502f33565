from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from training.music.data import (
    CLUSTERS,
    DEFAULT_DATA,
    FOLDS,
    NO_LABEL,
    QUADRANTS,
    Clips,
    read_clips,
    seen_in_development,
    split_by_artist,
    stratum,
)

HEAD = "clip,dataset,artist_group,artist,title,quadrant,mirex_cluster,mirex_tag,duration_s\n"


def test_a_table_is_read(tmp_path: Path) -> None:
    rows = "q/1.opus,quadrant,someone,Someone,A,Q3,,,30\nm/2.opus,mirex,other,Other,B,,5,Tense,30\n"
    (tmp_path / "clips.csv").write_text(HEAD + rows, "utf-8")
    clips = read_clips(tmp_path)
    assert clips.names == ("q/1.opus", "m/2.opus")
    assert clips.artists.tolist() == ["someone", "other"]
    assert clips.quadrant.tolist() == [2, NO_LABEL]
    assert clips.cluster.tolist() == [NO_LABEL, 4]


@pytest.mark.parametrize("row", ["a,b,c,d,e,Q5,,,30\n", "a,b,c,d,e,,9,,30\n"])
def test_an_unknown_label_is_no_label_at_all(tmp_path: Path, row: str) -> None:
    (tmp_path / "clips.csv").write_text(HEAD + row, "utf-8")
    with pytest.raises(ValueError, match="not in"):
        read_clips(tmp_path)


def test_a_missing_table_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="--data"):
        read_clips(tmp_path)


def make_clips(artists: int) -> Clips:
    random = np.random.default_rng(0)
    count = 3 * artists
    first = np.arange(count) % 2 == 0
    return Clips(
        tuple(f"{i}.opus" for i in range(count)),
        np.array([f"artist {i}" for i in random.integers(0, artists, count)]),
        np.where(first, random.integers(0, len(QUADRANTS), count), NO_LABEL),
        np.where(first, NO_LABEL, random.integers(0, len(CLUSTERS), count)),
    )


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_no_artist_stands_on_both_sides(seed: int) -> None:
    clips = make_clips(100)
    folds = split_by_artist(clips, seed)
    assert len(folds) == FOLDS
    for train, test in folds:
        assert not set(clips.artists[train]) & set(clips.artists[test])
    assert sorted(np.concatenate([test for _, test in folds])) == list(range(len(clips)))


def test_renderings_are_judged_and_spread_on_their_own() -> None:
    recordings = make_clips(100)
    names = (*recordings.names[:-60], *(f"{n}.mid" for n in range(60)))
    clips = dataclasses.replace(recordings, names=names)
    assert np.bincount((clips.piano_weight == 1).astype(int)).tolist() == [240, 60]
    assert not (clips.judged().quadrant[clips.rendered] >= 0).any()
    labels = stratum(clips)
    assert not set(labels[clips.rendered]) & set(labels[~clips.rendered])
    assert clips.take(clips.rendered).names == names[-60:]


def test_the_seed_decides_the_split() -> None:
    clips = make_clips(100)
    first, same, other = (split_by_artist(clips, seed)[0][1].tolist() for seed in (0, 0, 1))
    assert first == same != other


def test_six_tenths_of_the_artists_are_seen_in_development() -> None:
    seen = [seen_in_development(f"artist {n}") for n in range(2_000)]
    assert np.mean(seen) == pytest.approx(0.6, abs=0.05)
    assert seen[0] == seen_in_development("artist 0")


@pytest.mark.data
def test_the_real_table() -> None:
    if not DEFAULT_DATA.is_dir():
        pytest.skip(f"needs the labelled clips in {DEFAULT_DATA}")
    clips = read_clips(DEFAULT_DATA)
    assert np.bincount(clips.quadrant[clips.quadrant >= 0]).tolist() == [193] * 4
    assert np.sum(clips.cluster >= 0) == 622
    assert all((DEFAULT_DATA / name).is_file() for name in clips.names)
