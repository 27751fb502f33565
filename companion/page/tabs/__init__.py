"""The tabs' content and acts: functions from a request's values to data, without a browser.

`routes` names them all; `now`, `today`, `why`, `library`, `settings`, `setup`, `doctor` are the
tabs, `data` the file of the user's data, `work` the long work that several of them start, `pulse`
the marks of what has changed.
Texts are words that the page puts into the user's language; sentences of other rooms stay.
"""
