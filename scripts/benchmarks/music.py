"""Measure the tagging of a clip. The clips are composed by the simulator."""

from __future__ import annotations

import io
import statistics
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import librosa
import numpy as np
import psutil
import soundfile

from benchmarks.previews import PIECES, previews
from benchmarks.row import Row, cpu_ms, in_turns_ms
from companion.agent.models.worker import open_workers
from companion.music.decode import SAMPLE_RATE, decode
from companion.music.features.extract import extract
from companion.music.features.log_mel import log_mel_patches
from companion.music.model.taggers import Taggers
from companion.music.tag import Tagger
from companion.music.track_features import TrackFeatures

HEARD = 1_000
WARM = 200  # clips after which a worker has all that it needs
MEGABYTE = 2**20


def rows() -> list[Row]:
    """All of the part."""
    clips = previews()
    return [*_times(clips), *_memory(clips)]


def _times(clips: list[bytes]) -> Iterator[Row]:
    unit = "ms CPU a clip"
    tagger, waveform = Tagger(), decode(clips[0])
    features, patches = tagger.hear(clips[0]), log_mel_patches(waveform)
    taggers = Taggers()
    alone = cpu_ms(lambda: [_read(clip) for clip in clips]) / PIECES
    whole, before = in_turns_ms(
        lambda: [tagger.tag(clip) for clip in clips],
        lambda: [_without_musicnn(tagger, clip, features) for clip in clips],
    )
    whole, before = whole / PIECES, before / PIECES
    yield Row("tagging a 30 s MP3, beside all of it but musicnn", whole / before, "times", 2.5, 2)
    yield Row("  all of it but musicnn", before, unit)
    yield Row("  beside decoding it alone", whole / alone, "times")
    yield Row("  decoding it alone: 44.1 kHz, stereo", alone, unit)
    yield Row("  the whole tagging", whole, unit)
    yield Row("  decode and resample", cpu_ms(lambda: decode(clips[0])), unit)
    yield Row("  the features", cpu_ms(lambda: extract(waveform)), unit)
    yield Row("  musicnn's patches", cpu_ms(lambda: log_mel_patches(waveform)), unit)
    yield Row("  musicnn", cpu_ms(lambda: taggers.hear(patches)), unit)
    yield Row("  the heads, of kept features", cpu_ms(lambda: tagger.read(features)), unit)
    for name, call in _librosa(waveform):
        yield Row(f"  librosa's {name}", cpu_ms(call, 3), unit)


def _read(clip: bytes) -> object:
    return soundfile.read(io.BytesIO(clip), dtype="float32")


def _without_musicnn(tagger: Tagger, clip: bytes, kept: TrackFeatures) -> object:
    """Do what a clip cost before musicnn: decode it, compute and encode its features, run heads."""
    tagger.encode(extract(decode(clip)))
    return tagger.read(kept)


def _librosa(wave: np.ndarray) -> Iterator[tuple[str, Callable[[], object]]]:
    known: Any = {"y": wave, "sr": SAMPLE_RATE}
    yield "mfcc", partial(librosa.feature.mfcc, **known)
    yield "spectral_contrast", partial(librosa.feature.spectral_contrast, **known)
    yield "chroma_cqt", partial(librosa.feature.chroma_cqt, **known)
    yield "tempo", partial(librosa.feature.tempo, **known)
    yield "pyin", partial(librosa.pyin, wave, fmin=65, fmax=1000, sr=SAMPLE_RATE)


def _memory(clips: list[bytes]) -> Iterator[Row]:
    sizes = []
    with tempfile.TemporaryDirectory() as cache, open_workers(1, Path(cache)) as (worker,):
        for number in range(HEARD):
            worker.tag(clips[number % PIECES])
            sizes.append(_workers_megabytes())
    # Of what is held in between: the peaks come and go with the moment of the measurement.
    grown = statistics.median(sizes[-WARM:]) - statistics.median(sizes[WARM : 2 * WARM])
    yield Row(f"a tagging worker's peak memory over {HEARD} clips", max(sizes), "MB", 650)
    yield Row(f"  the growth of what it holds after the first {WARM}", grown, "MB", 20)


def _workers_megabytes() -> float:
    """The memory of this process's largest child, which is the worker."""
    children = psutil.Process().children()
    return max(child.memory_info().rss for child in children) / MEGABYTE
