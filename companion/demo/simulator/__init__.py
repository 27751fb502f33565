"""A simulator of Spotify and of a clip host, on loopback.

>>> import requests
>>> from companion.demo.simulator.server import Simulator
>>> with Simulator() as sim:  # 28 saved tracks; point the client's URLs at sim.url
...     sim.player.play(sim.library.tracks)  # the user presses play
...     sim.clock.advance(100)  # seconds
...     token = sim.accounts.sign_in().access  # or by sim.url + "/authorize"
...     head = {"Authorization": f"Bearer {token}"}
...     uri = {"uri": sim.library.tracks[9].uri}
...     add = f"{sim.url}/v1/me/player/queue"
...     status = requests.post(add, params=uri, headers=head).status_code
>>> status, sim.count("POST", "/v1/me/player/queue"), sim.player.queued()[0].name
(204, 1, "The Cartographer's Cat")

`sim.faults.add("queue_502")` makes the next add be carried out and answered with 502; the
catalogue is `faults.FAULTS`. Clips are at `sim.deezer_url`. `server.serve` runs it alone.
"""
