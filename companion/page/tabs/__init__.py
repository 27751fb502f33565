"""The tabs' content and acts: functions from a request's values to data, without a browser.

`routes` names them all; `now`, `today`, `why`, `library`, `settings`, `setup`, `doctor` are the
tabs, `data` the file of the user's data, `background_tasks` what several of them start and takes
long, `versions` tells what has changed.
Texts are words that the page puts into the user's language; sentences of other rooms stay.
"""
