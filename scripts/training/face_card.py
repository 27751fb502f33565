"""The face model's card, written from its metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.face_data import EMOTIONS

CARD = """\
# Face mood, version {version}

Reads eight emotions from a short sequence of grey 48x48 face crops: a residual trunk for
each frame and a ConvLSTM over its feature maps. {parameters:,} parameters. The input never
leaves memory.

This card and its tables are written by `scripts/evaluate_face.py` from `metrics.json`.

## What it is for
To let a music player guess what its one user may like to hear. The answer is a guess about
what a face shows, not about what a person feels; below a confidence of {threshold:.2f} the
program does nothing.

## What it must not be used for
- Judging people: hiring, schools, insurance, police, credit, attention or lie "detection".
- Medicine: it says nothing about depression, pain or any other condition.
- Watching people who did not ask for it.

## Data and its terms
- FER+ (Barsoum et al. 2016): faces from FER2013, scraped from the web, for research use;
  the raters' votes are under the MIT licence. Train split with the votes as soft targets;
  the validation split gave temperature and threshold; the test split was only measured.
- Extended Cohn-Kanade, CK+ (Lucey et al. 2010): research use under a signed agreement. The
  crops of {subjects} people, those of the real sequences, were left out of the training;
  all others are in it.
- No image of either set is part of this project.

## FER+ test split, eight classes, majority of the votes
{ferplus}

A "sequence" is a test still moved, lit, blurred and covered over two seconds, with bad and
missing frames. "Trunk alone" has no ConvLSTM: its frames' mean probabilities, not
calibrated. ECE is the expected calibration error in 15 bins.

Abstaining on stills: {abstained:.1%} fall below the threshold; of the others
{kept:.1%} are right. On the 80 % most confident: {at_80:.1%}. On sequences {clip_abstained:.1%}
fall below it and {clip_kept:.1%} of the others are right.

### Recall by class, stills
{recall}

Weak classes are those with few examples: contempt, disgust and fear. Do not rely on them.

### Confusion, stills (rows: truth)
{confusion}

## CK+ real sequences, {subjects} people not seen in training
Whole frames through detector, crop and network.

- Emotion in the last quarter: {apex:.1%} of {apex_count} right (95 % interval over people
  {low:.1%} to {high:.1%}), UAR {apex_uar:.1%}.
- First three frames read as neutral: {rest:.1%} of {rest_count}.
- Frames in which the detector finds a face: {faces:.1%}.
- The same {crop_count} frames one at a time: {dataset_crop:.1%} right with the data set's crop,
  {detector_crop:.1%} with the detector's.

Posed faces in even light, of few people: an easy set. A CK+ figure from a split that shares
people or sequences would be higher and mean less.

## Limits
Trained on faces found by web searches and on posed adults, most of them facing the camera.
Expect less of it on faces that are turned, covered, dim, very young or very old. It has not
been measured by skin colour, age or sex.

These weights were made while the order of the script's random draws still changed. Training
again with `scripts/train_face.py` follows the same recipe, not the same random numbers.
"""


def write_card(metrics: Mapping[str, Any]) -> str:
    """The card as Markdown."""
    test = metrics["ferplus_test"]
    stills, clips = test["stills"], test["sequences"]
    apex, rest = metrics["ckplus_sequences"]["apex"], metrics["ckplus_sequences"]["rest"]
    crops = metrics["ckplus_crops"]
    low, high = apex["accuracy_interval_95"]
    return CARD.format(
        version=metrics["model"].partition("/")[2],
        parameters=metrics["parameters"],
        threshold=metrics["threshold"],
        subjects=metrics["ckplus_sequences"]["subjects"],
        ferplus=_ferplus_table(test),
        abstained=stills["abstained"],
        kept=stills["accuracy_not_abstained"],
        at_80=stills["accuracy_at_80"],
        clip_abstained=clips["abstained"],
        clip_kept=clips["accuracy_not_abstained"],
        recall=_recall_table(stills["recall"]),
        confusion=_confusion_table(stills["confusion"]),
        apex=apex["accuracy"],
        apex_count=apex["count"],
        apex_uar=apex["uar"],
        low=low,
        high=high,
        rest=rest["accuracy"],
        rest_count=rest["count"],
        faces=metrics["ckplus_sequences"]["frames_with_face"],
        crop_count=crops["count"],
        dataset_crop=crops["dataset_crop"],
        detector_crop=crops["detector_crop"],
    )


def _ferplus_table(test: Mapping[str, Any]) -> str:
    names = {
        "stills": "stills, one frame",
        "sequences": "sequences, 16 frames",
        "trunk_alone_stills": "stills, trunk alone",
        "trunk_mean_sequences": "sequences, trunk alone",
    }
    rows = [
        [
            name,
            str(test[key]["count"]),
            *(f"{test[key][k]:.3f}" for k in ("accuracy", "uar", "ece")),
        ]
        for key, name in names.items()
    ]
    return _table(["what", "count", "accuracy", "UAR", "ECE"], rows)


def _recall_table(recall: Mapping[str, float]) -> str:
    return _table(["emotion", "recall"], [[name, f"{part:.3f}"] for name, part in recall.items()])


def _confusion_table(confusion: list[list[int]]) -> str:
    rows = [
        [emotion, *(str(count) for count in counts)]
        for emotion, counts in zip(EMOTIONS, confusion, strict=True)
    ]
    return _table(["", *(emotion[:4] for emotion in EMOTIONS)], rows)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
