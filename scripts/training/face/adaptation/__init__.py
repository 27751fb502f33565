"""Fit and measure the adaptation to one person's face.

`faces` gathers posed faces of known people, read by models that have not seen them; `fit` makes
the population of `companion.face.adaptation` from them; `evaluate` measures it on people left
out, `simulate` on weeks of looks; `card` writes what was measured. May import
`companion.face` and the other modules of the face training.
"""
