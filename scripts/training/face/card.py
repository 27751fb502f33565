"""The face model's card, written from its metrics. The tables are those of face_tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.face import tables

CARD = """\
# Face mood, version {version}

Reads eight emotions from a short sequence of grey 48x48 face crops: a residual trunk for
each frame, a ConvLSTM over its feature maps that weighs the frames and adds what only their
order shows. {parameters:,} parameters. The input never leaves memory.

This card, its tables and its plots are written by `scripts/evaluate_face.py`, from what it
measures and writes to `metrics.json`.

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
  shipped weights are trained on FER+ train and on all of CK+, by the recipe that the folds
  below measured on people it had not seen. No figure on CK+ is of the shipped weights. The
  first 17 of the trunk's epochs ran on a cosine of 26 and without compression, glasses or
  hands among the views; a run of the script does all of them alike.
- No image of either set is part of this project.

## What was asked for and what is reached
{demands}

{shortfall}
## FER+ test split, eight classes, majority of the votes
{ferplus}

"Clear majority": the faces on which one emotion has more than half of the votes. ECE is the
expected calibration error in 15 bins. "At 80 %" is the accuracy on the most confident 80 %.

{ferplus_recall}

Weak classes are those with few examples: contempt, disgust and fear. Do not rely on them.
{ferplus_weak}

## CK+48, seven classes, by sequence
{ck_count} sequences of {ck_subjects} people, ten folds by subject (the list is in
`metrics.json`), three seeds of the last two stages, whose recipe was the same for all folds.
It was chosen among nineteen by its figures on the people of folds 0 and 1; on the other eight folds
alone the accuracy is {ck_other:.3f}. Earlier forms of the stage had been measured on all folds and
given up (see "Every try").
Pooled over the folds; mean of the seeds; 95 % intervals by bootstrap over people.

{ckplus}

{ckplus_recall}

![Confusion](confusion.png)

![Reliability](reliability.png)

## CK+ real sequences, {real_subjects} people not seen in training
Whole frames through detector, crop and network, each by the model of a fold without the
person.

- Emotion in the last quarter: {apex:.1%} of {apex_count} right (95 % interval over people
  {low:.1%} to {high:.1%}), UAR {apex_uar:.1%}.
- First three frames read as neutral: {rest:.1%} of {rest_count}.
- Frames in which the detector finds a face: {faces:.1%}.
- {crop_count} of their frames one at a time: {dataset_crop:.1%} right with the data set's
  crop, {detector_crop:.1%} with the detector's. Turned by 25 degrees before the detector
  sees them: {tilted:.1%} of {tilted_count}.

Posed faces in even light, of few people: an easy set.

## Does the recurrence pay?
Accuracy of the ConvLSTM's last reading, and of the mean of the same trunk's frames. "Bad":
30 % of the frames blurred, dark, noisy, half covered, behind a hand, heavily compressed,
tilted or turned.

{recurrence}

## Spoilt input
FER+ test stills, each kind alone, one frame. Share abstained, and accuracy on the rest.

{corrupted}

## The user's own resting face
CK+ people as users who have calibrated with the resting faces of their other sessions
({baseline_sessions} sessions). The strength is the one of least log loss on other people.

{baseline}

## A demonstration of what not to do
The same recipe with CK+48 frames split at random, so that a test frame's neighbours are in
training: {leaky:.1%} of {leaky_count} frames. It measures how well people are recognised.

## Every try
{tries}

Accuracy on all faces of a split. Each line was read on the test split once, at its end; the
validation split decided.

## Limits
Trained on faces found by web searches and on posed adults, most of them facing the camera.
Expect less of it on faces that are turned, covered, dim, very young or very old. It has not
been measured by skin colour, age or sex.
"""


def write_card(metrics: Mapping[str, Any]) -> str:
    """The card as Markdown."""
    test, ckplus, real = (metrics[k] for k in ("ferplus_test", "ckplus48", "ckplus_sequences"))
    apex, crops = real["apex"], metrics["ckplus_crops"]
    low, high = apex["accuracy_interval_95"]
    demands = tables.demands(metrics)
    return CARD.format(
        version=metrics["model"].partition("/")[2],
        parameters=metrics["parameters"],
        threshold=metrics["threshold"],
        demands=tables.demand_table(demands),
        shortfall=tables.shortfall(demands),
        ferplus=tables.ferplus(test),
        ferplus_recall=tables.recall(test["stills"]["recall"]),
        ferplus_weak=tables.weakest(test["stills"]),
        ck_count=ckplus["count"],
        ck_subjects=ckplus["subjects"],
        ck_other=ckplus["accuracy_other_folds"],
        ckplus=tables.ckplus(ckplus),
        ckplus_recall=tables.recall(ckplus["recall"]),
        real_subjects=real["subjects"],
        apex=apex["accuracy"],
        apex_count=apex["count"],
        apex_uar=apex["uar"],
        low=low,
        high=high,
        rest=real["rest"]["accuracy"],
        rest_count=real["rest"]["count"],
        faces=real["frames_with_face"],
        crop_count=crops["count"],
        dataset_crop=crops["dataset_crop"],
        detector_crop=crops["detector_crop"],
        tilted=crops["detector_crop_tilted"],
        tilted_count=crops["tilted_count"],
        recurrence=tables.recurrence(metrics["recurrence"], real["recurrence"]),
        corrupted=tables.corrupted(metrics["corrupted"]),
        baseline_sessions=metrics["baseline"]["sessions"],
        baseline=tables.baseline(metrics["baseline"]),
        leaky=metrics["leaky"]["accuracy"],
        leaky_count=metrics["leaky"]["count"],
        tries=tables.tries(metrics["tries"]),
    )
