"""What both face scripts start from: the data, and the model before CK+."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from training.face.cross import Cross
from training.face.data import Stills, read_ferplus
from training.face.fit import Variables, first_variables, run
from training.face.stages import Recipe, sequence_stage, trunk_stage


@dataclass(frozen=True)
class Setup:
    """Where things are, and how the model is trained.

    Attributes:
        data: the folder with ferplus and ckplus.
        checkpoints: where an interrupted run goes on.
        recipe: of all stages.
        seed: of all that is drawn before CK+.
    """

    data: Path
    checkpoints: Path
    recipe: Recipe
    seed: int = 0

    def stills(self, split: str) -> Stills:
        """A split of FER+: "train", "valid" or "test"."""
        return read_ferplus(self.data / "ferplus", split)

    @property
    def ckplus(self) -> Path:
        """The folder of CK+."""
        return self.data / "ckplus"

    def before_ckplus(self) -> dict[str, Variables]:
        """The model after each of the first two stages, from checkpoints where those are whole."""
        train, valid = self.stills("train"), self.stills("valid")
        variables, found = first_variables(self.seed), {}
        for make in (trunk_stage, sequence_stage):
            stage = make(self.recipe, train, valid)
            variables = run(stage, variables, self.checkpoints, self.seed)
            found[stage.name] = variables
        return found

    def cross(self) -> Cross:
        """The third stage, to be run on all of CK+ or on some folds of it."""
        base = self.before_ckplus()["sequence"]
        return Cross(base, self.recipe, self.stills("train"), self.ckplus, self.checkpoints)
