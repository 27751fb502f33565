"""The face model's card, written from its metrics. The tables are those of `tables`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from companion.choose.strategy import STILL
from training.face.evaluation import tables

START = {
    True: """\
  The shipped weights go on from those of the third model, which had seen FER+ and CK+; the
  first stage went over its trunk again, and the script can do all of it from random weights.""",
    False: """\
  The shipped weights were trained by the script from random weights.""",
}

CARD = """\
# Face mood, version {version}

Reads eight emotions from a short sequence of grey 48x48 face crops: a residual trunk for
each frame, a ConvLSTM over its feature maps that weighs the frames and adds what only their
order shows. {parameters:,} parameters. The input never leaves memory.

This card, its tables and its plots are written by `scripts/evaluate_face.py`, from what it
measures and writes to `metrics.json`.

## What it is for
To let a music player guess what its one user may like to hear. The answer is a guess about
what a face shows, not about what a person feels. Below a confidence of {threshold:.2f} the
program says "perhaps"; below {least:.2f} it says no more than the side of the plane of valence and
arousal, and where that is unsure too (a spread above {spread:.2f}) it does nothing.

## What it must not be used for
- Judging people: hiring, schools, insurance, police, credit, attention or lie "detection".
- Medicine: it says nothing about depression, pain or any other condition.
- Watching people who did not ask for it.

## Data and its terms
- FER+ (Barsoum et al. 2016): faces from FER2013, scraped from the web, for research use;
  the raters' votes are under the MIT licence. Train split with the votes as soft targets and
  the first labels of FER2013 as a label scheme of their own; the test split was only measured.
- AffectNet (Mollahosseini et al. 2019), a public subset in seven even classes: research use.
  Train split; the test split was only measured.
- KDEF (Lundqvist et al. 1998): research use, by agreement.
- Extended Cohn-Kanade, CK+ (Lucey et al. 2010): research use under a signed agreement.
- The shipped weights are trained on all of them, CK+ and KDEF whole, by the recipe that the
  folds below measured on people it had not seen. No figure on CK+ or KDEF is of the shipped
  weights.
{start}
- No image of any set is part of this project.

The weights know no frequencies: classes are drawn evenly, the log of how often each is drawn is
added to the logits in training, and each corpus has a small head of its own beside the shared
one, which takes up what its raters mean by neutral. The program adds the prior of a person at a
desk.

## What was asked for and what is reached
{demands}

{shortfall}
## A forecast for strangers
Each corpus read by a model that has seen only the other three, single frames. Where the weights
that the training went on from had seen the corpus, the model without it started anew: the upper
part of the trunk for CK+, everything, and for a short time only, for FER+. So those two are
forecasts by weaker models: the one without FER+ is also half as wide, and no setting is chosen
by it. Temperature, prior, threshold and spread of each row were chosen on the other corpora.

The emotion, with the corpus's own frequencies as the prior; the mean of the last column is
{mean_uar:.3f}:

{strangers}

Recall, all emotions of a corpus alike often:

{strangers_recall}

Accuracy of the readings of the highest confidence, by their share of all:

{coverage}

As the program reads at a desk. "Named": without doubt, as the confidence reaches the threshold.
"Kept": it reaches the least confidence, or the spread is small enough. A wrong sign is a
negative emotion placed at a valence of 0 or more, or a positive one below 0; a wrong alarm a
neutral face that is kept as negative; sad as calm a sad face that is kept above a valence of -0.1.
"Right at a desk" is of those that reach the least confidence. "At a desk" weighs
the faces so that emotions are as frequent as they are assumed to be there, 60 % of them neutral;
the rest is of the corpora as they are, in which most faces are emotional and many labels say what
one rater saw. Settings chosen on the other corpora:

{kept}

The shipped settings, chosen on all but FER+ (temperature {temperature:.2f}, the desk's
frequencies to the power of {strength:.2f}, threshold {threshold:.2f}, least confidence
{least:.2f}, spread {spread:.2f}):

{kept_shipped}

Of the neutral faces that are kept then, `match` takes for rest, as they are placed within
{still:.2f} of the origin: {still_shares}.

What the other three lead to:

{calibrations}

Mean over the left-out corpora by the strength of the desk's prior, everything kept. The shipped
strength is the least with which at most 10 % of the neutral faces of each corpus are read as
negative; more of it costs recall of everything else:

{strengths}

## FER+ test split, eight classes
{ferplus}

"Clear majority": the faces on which one emotion has more than half of the votes, which is what
published figures are of. ECE is the expected calibration error in 15 bins. "At 80 %" is the
accuracy on the most confident 80 %. Recall with its own prior, all faces:

{ferplus_recall}

{ferplus_weak}

## AffectNet subset, test split, seven classes
{affectnet}

## CK+48 and KDEF, seven classes, people not seen
{folds} of ten folds by person (the lists are in `metrics.json`), each model trained by the
shipped recipe without them, from weights that have seen nobody of either set. CK+48:
{ck_count} sequences of {ck_subjects} people, {ck_seeds} of the stages after the first;
pooled over the folds; 95 % intervals by bootstrap over people.

{ckplus}

{ckplus_recall}

KDEF: {kdef_count} faces of {kdef_people} people, accuracy {kdef:.3f} (session B {kdef_b:.3f}):

{kdef_recall}

![Confusion](confusion.png)

![Reliability](reliability.png)

## CK+ real sequences, {real_subjects} people not seen in training
Whole frames through detector, crop and network, as at a desk, by the same recipe without any
of these people.

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
FER+ test stills as at a desk, each kind alone, one frame.

{corrupted}

## The user's own resting face
The program learns it from its looks and reads the user against it; the card of
`models/face_adaptation` has the figures, on people not seen.

## Every try
Each corpus by models that have not seen it; all emotions alike often; ECE at a temperature of 1.
Measured when the fourth model was made; the fifth and the sixth differ from it by the length of
their stages, and the sixth by its settings. By the fifth, AffectNet and KDEF had .493 and .807.
The variants of the loss differ in the second stage only.

{tries}

## Limits
Trained on faces found by web searches and on posed adults, most of them facing the camera; most
labels say what one rater saw in a still. Expect less of it on faces that are turned, covered,
dim, very young or very old. It has not been measured by skin colour, age or sex.
"""


def write_card(metrics: Mapping[str, Any]) -> str:
    """The card as Markdown."""
    ckplus, real, kdef = (metrics[k] for k in ("ckplus48", "ckplus_sequences", "kdef"))
    apex, crops, strangers = real["apex"], metrics["ckplus_crops"], metrics["strangers"]
    low, high = apex["accuracy_interval_95"]
    demands, corpora = tables.demands(metrics), strangers["corpora"]
    own, seeds = metrics["ferplus_test"]["own_prior"]["all"], len(ckplus["seeds"])
    return CARD.format(
        version=metrics["model"].partition("/")[2],
        parameters=metrics["parameters"],
        threshold=metrics["threshold"],
        least=metrics["least_confidence"],
        spread=metrics["spread"],
        temperature=metrics["temperature"],
        strength=metrics["prior_strength"],
        start=START[metrics["went_on_from"]],
        demands=tables.demand_table(demands),
        shortfall=tables.shortfall(demands),
        mean_uar=strangers["mean_uar"],
        strangers=tables.strangers(corpora),
        strangers_recall=tables.strangers_recall(corpora),
        coverage=tables.coverage(corpora),
        kept=tables.kept(corpora, "desk"),
        kept_shipped=tables.kept(corpora, "shipped"),
        still=STILL,
        still_shares=tables.still_shares(corpora),
        calibrations=tables.calibrations(strangers["calibration"]),
        strengths=tables.strengths(metrics["strengths"]),
        ferplus=tables.ferplus(metrics["ferplus_test"]),
        ferplus_recall=tables.recall(own["recall"]),
        ferplus_weak=tables.weakest(own),
        affectnet=tables.affectnet(metrics["affectnet_test"]),
        folds=len(metrics["folds"]),
        ck_count=ckplus["count"],
        ck_subjects=ckplus["subjects"],
        ck_seeds="one seed" if seeds == 1 else f"{seeds} seeds",
        ckplus=tables.ckplus(ckplus),
        ckplus_recall=tables.recall(ckplus["recall"]),
        kdef_count=kdef["count"],
        kdef_people=kdef["people"],
        kdef=kdef["accuracy"],
        kdef_b=kdef["session_b"],
        kdef_recall=tables.recall(kdef["recall"]),
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
        tries=tables.tries(metrics["tries"]),
    )
