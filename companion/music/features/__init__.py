"""Numbers that describe a clip, computed from its waveform by fixed formulas.

`extract` is the only definition of what the MFCC network sees; the other modules each hold one
kind of feature: the spectra, timbre, contrast, pitch, rhythm, modulation, keys and chords, and
the log-mel patches that `musicnn` listens to. May import `companion.music.decode` and
`companion.affect`; knows nothing of models.
"""
