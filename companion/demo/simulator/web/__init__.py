"""The simulator's HTTP side: Spotify's accounts service and Web API, a clip host, its own page.

May import `demo.simulator` and `demo.composer`; needs the extra `demo`.
"""
