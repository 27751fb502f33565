"""The music model as the rest of the program sees it: a clip in, a track's mood out."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np

from companion.affect import KeptFeatures, Quadrant, TrackMood
from companion.errors import ClipDamaged, ModelError
from companion.music.decode import Floats, decode
from companion.music.features.extract import STATISTICS, Features, extract
from companion.music.features.log_mel import log_mel_patches
from companion.music.features_version import VERSION
from companion.music.model.ensemble import Ensemble
from companion.music.model.network import Shape
from companion.music.model.place import place
from companion.music.model.taggers import Taggers
from companion.music.model.tags import logits
from companion.music.model.words import Words, felt_tempo
from companion.music.track_features import TrackFeatures, halve
from companion.weights import Model, open_model

MODEL = "track_mood"
SETTINGS = "network.json"


class Tagger:
    """Reads moods from clips.

    Args:
        model: the weights; the ones that come with the program where it is left out.

    Raises:
        ModelError: the weights are missing, damaged or of another program version.
    """

    def __init__(self, model: Model | None = None) -> None:
        model = model or open_model(MODEL)
        self._label = model.label
        try:
            settings = model.read_json(SETTINGS)
            shape = Shape(**settings["shape"])
            self._temperature = float(settings["temperature"])
            self._share = float(settings["share"])
            self._words = Words.from_json(settings["words"])
            self._ensemble = Ensemble.from_tensors(shape, model.read_tensors())
            if tuple(settings["statistics"]) != STATISTICS:
                raise ValueError("it was trained on other statistics")
        except (KeyError, TypeError, ValueError, OSError) as error:
            raise ModelError(
                f"The model {model.name} does not fit this program: {error}."
            ) from error

    def tag(self, audio: bytes | Path) -> TrackMood:
        """The mood of a clip, with the features that it was read from.

        Args:
            audio: an encoded file, or the path of one, as `decode` takes it.

        Raises:
            ClipDamaged: it cannot be decoded, is silent, too short or too long.
            ModelError: the taggers' weights are missing or damaged.
        """
        kept = KeptFeatures(VERSION, self.hear(audio).to_bytes())
        return replace(self.tag_features(kept), features=kept)

    def tag_features(self, kept: KeptFeatures) -> TrackMood:
        """The mood of a clip that was heard before.

        Raises:
            ClipDamaged: what was kept is damaged or of another version.
        """
        try:
            return self.read(TrackFeatures.from_bytes(kept.numbers))
        except ValueError as error:
            raise ClipDamaged(f"The stored features cannot be read: {error}.") from error

    def hear(self, audio: bytes | Path) -> TrackFeatures:
        """All that is known of a clip before the heads see it; raises as `tag` does."""
        waveform = decode(audio)
        seen = extract(waveform)
        heard = self._taggers.hear(log_mel_patches(waveform))
        return TrackFeatures(
            halve(self.encode(seen)),
            halve(seen.statistics),
            halve(heard.embedding),
            halve(logits(heard.tags)),
            seen.tempo,
            seen.pitch,
        )

    def encode(self, seen: Features) -> Floats:
        """The codes of the MFCC image: (codes,)."""
        codes: Floats = self._ensemble.encoder.encode(seen.image[None])[0]
        return codes

    def read(self, features: TrackFeatures) -> TrackMood:
        """The mood that the features speak of; needs no audio."""
        inputs = np.concatenate(features.arrays).astype(np.float32)
        said = self._ensemble.predict(inputs[None])
        calibrated = said.mix(self._share, self._temperature)[0]
        probabilities = dict(zip(Quadrant, map(float, calibrated), strict=True))
        where, tags = place(probabilities), features.tags.astype(np.float32)
        words = self._words.say(tags)
        return TrackMood(
            probabilities,
            where.affect,
            max(probabilities.values()),
            felt_tempo(features.tempo, words),
            features.pitch,
            self._label,
            valence_spread=where.valence_spread,
            arousal_spread=where.arousal_spread,
            tags=words,
            instrumental=self._words.instrumental(tags),
        )

    @cached_property
    def _taggers(self) -> Taggers:
        """Loaded only when there is something to hear."""
        return Taggers()
