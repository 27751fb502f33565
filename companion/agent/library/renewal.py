"""Renews the tags of older weights from what was heard of the clips before, without the clips."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from typing import Protocol

from companion.affect import KeptFeatures, TrackMood
from companion.errors import ClipDamaged
from companion.music.features_version import VERSION
from companion.store.tracks.features import drop_features, find_renewable, read_features
from companion.store.tracks.tags import renew_tag

_logger = logging.getLogger(__name__)


class FeatureTagger(Protocol):
    """The music model, in this process or in a worker."""

    def tag_features(self, kept: KeptFeatures) -> TrackMood:
        """The mood of a clip that was heard before, or `ClipDamaged`."""
        ...


def renew_tags(
    db: sqlite3.Connection, tagger: FeatureTagger, model: str, advance: Callable[[int, int], bool]
) -> int:
    """Tag each track again that another model tagged and whose features are kept.

    Features that cannot be read are dropped, and so the clip is fetched again some day.

    Args:
        db: the store.
        tagger: who tags them.
        model: the label of the present weights; where the tagger has others, nothing is renewed.
        advance: told after each track how many are done, and of how many; False ends it.

    Returns:
        the number of renewed tags.
    """
    due = find_renewable(db, model, VERSION)
    renewed = 0
    for done, track_id in enumerate(due, 1):
        kept = read_features(db, track_id)
        if kept is not None:  # else a sync has just dropped the track
            try:
                mood = tagger.tag_features(kept)
            except ClipDamaged:
                drop_features(db, track_id)
            else:
                if mood.model != model:
                    break
                renew_tag(db, track_id, mood)
                renewed += 1
        if not advance(done, len(due)):
            break
    if renewed:
        _logger.info("tagging: %d of %d older tags renewed", renewed, len(due))
    return renewed
