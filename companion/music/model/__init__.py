"""The networks that turn features into a mood, and what is made of their answers.

`patterns` and `network` are the MFCC network, `ensemble` several of them that answer as one,
`musicnn` the tagger whose embedding joins them, `place` the position on the affect plane, `words`
the tags. May import `companion.music.features`, `companion.affect` and `companion.weights`;
reads no audio.
"""
