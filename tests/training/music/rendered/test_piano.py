from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from training.music.data import NO_LABEL
from training.music.rendered import piano
from training.music.rendered.piano import ARCHIVE, choose_pieces, read_all_clips, read_score

from tests.training.music.test_data import HEAD

NAMES = [
    f"Q{quadrant}_song{quadrant}{song}_{part}.mid"
    for quadrant in range(1, 5)
    for song in range(5)
    for part in range(3)
]


@pytest.mark.parametrize(("wanted", "each"), [(0, 0), (1, 1), (5, 5), (99, 5)])
def test_one_piece_of_each_recording(wanted: int, each: int) -> None:
    chosen = choose_pieces([*NAMES, "split/train.csv"], wanted)
    assert len(chosen) == 4 * each
    assert len({name.rsplit("_", 1)[0] for name in chosen}) == len(chosen)
    assert all(sum(name.startswith(f"Q{n}") for name in chosen) == each for n in range(1, 5))


def test_the_pieces_follow_the_recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(piano, "check_renderer", lambda _: None)
    (tmp_path / "clips.csv").write_text(HEAD + "q/1.opus,quadrant,one,One,A,Q3,,,30\n", "utf-8")
    (tmp_path / ARCHIVE).parent.mkdir()
    with zipfile.ZipFile(tmp_path / ARCHIVE, "w") as archive:
        for name in NAMES:
            archive.writestr(name, f"score of {name}")
    clips = read_all_clips(tmp_path)
    assert len(clips) == 1 + 20
    assert clips.rendered.tolist() == [False] + [True] * 20
    assert np.bincount(clips.quadrant[1:]).tolist() == [5] * 4
    assert clips.judged().quadrant.tolist() == [2] + [NO_LABEL] * 20
    assert len(set(clips.artists)) == 21
    assert (
        read_score(tmp_path, clips.names[1])
        == f"score of {clips.names[1][-len(NAMES[0]) :]}".encode()
    )


def test_without_the_archive_it_says_what_is_needed(tmp_path: Path) -> None:
    (tmp_path / "clips.csv").write_text(HEAD + "q/1.opus,quadrant,one,One,A,Q3,,,30\n", "utf-8")
    with pytest.raises(SystemExit, match="emopia"):
        read_all_clips(tmp_path)
