"""Spotify's answers as they come: with every field, and as development mode strips them.

Written after the documentation and the reports of other clients; names and ids are made up.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

# What development mode leaves out since February 2026.
GONE = {
    "available_markets",
    "popularity",
    "linked_from",
    "country",
    "email",
    "product",
    "followers",
}


def stripped(answer: Any) -> Any:
    """The answer as development mode gives it; previews are null."""
    if isinstance(answer, list):
        return [stripped(part) for part in answer]
    if not isinstance(answer, dict):
        return answer
    kept = {key: stripped(value) for key, value in answer.items() if key not in GONE}
    return kept | ({"preview_url": None} if "preview_url" in kept else {})


def _web(kind: str, name: str) -> Json:
    return {
        "external_urls": {"spotify": f"https://open.spotify.com/{kind}/{name}"},
        "href": f"https://api.spotify.com/v1/{kind}s/{name}",
        "id": name,
        "type": kind,
        "uri": f"spotify:{kind}:{name}",
    }


IMAGES = [{"height": 640, "url": "https://i.scdn.co/image/ab67616d0000b273", "width": 640}]
ARTIST = _web("artist", "4Z8W4fKeB5YxbusRsdQVPb") | {"name": "The Harbour Lights"}
ALBUM = _web("album", "6dVIqQ8qmQ5GBnJ9shOYGE") | {
    "album_type": "album",
    "artists": [ARTIST],
    "available_markets": ["AT", "DE", "US"],
    "images": IMAGES,
    "name": "Night Ferry",
    "release_date": "2019",
    "release_date_precision": "year",
    "total_tracks": 11,
}
TRACK = _web("track", "3n3Ppam7vgaVa1iaRUc9Lp") | {
    "album": ALBUM,
    "artists": [ARTIST, _web("artist", "0du5cEVh5yTK9QJze8zA0C") | {"name": "Ida Quill"}],
    "available_markets": ["AT", "DE", "US"],
    "disc_number": 1,
    "duration_ms": 222_075,
    "explicit": False,
    "external_ids": {"isrc": "ZZCMP0300027"},
    "is_local": False,
    "is_playable": True,
    "linked_from": _web("track", "2TpxZ7JUBn3uw46aR7qd6V"),
    "name": "Lantern Street",
    "popularity": 84,
    "preview_url": "https://p.scdn.co/mp3-preview/4839b070015ab7d6de9fec1756e1f3096d908fba",
    "track_number": 2,
}
EPISODE = _web("episode", "512ojhOuo1ktJprKbVcKyQ") | {
    "audio_preview_url": None,
    "description": "About lighthouses.",
    "duration_ms": 1_686_230,
    "explicit": False,
    "html_description": "<p>About lighthouses.</p>",
    "images": IMAGES,
    "is_externally_hosted": False,
    "is_playable": True,
    "language": "en",
    "languages": ["en"],
    "name": "Lighthouses",
    "release_date": "2026-05-01",
    "release_date_precision": "day",
    "resume_point": {"fully_played": False, "resume_position_ms": 0},
    "show": _web("show", "38bS44xjbVVZ3No3ByF1dJ") | {"name": "The Long Coast", "publisher": "Ebb"},
}
LOCAL = {
    "album": {"album_type": None, "artists": [], "id": None, "images": [], "name": "Tapes"},
    "artists": [{"external_urls": {}, "href": None, "id": None, "name": "The Garage", "uri": None}],
    "duration_ms": 201_000,
    "external_ids": {},
    "href": None,
    "id": None,
    "is_local": True,
    "name": "Rehearsal",
    "preview_url": None,
    "type": "track",
    "uri": "spotify:local:The+Garage:Tapes:Rehearsal:201",
}
DEVICE = {
    "id": "74ASZWbe4lXaubB36ztrGX",
    "is_active": True,
    "is_private_session": False,
    "is_restricted": False,
    "name": "desk",
    "supports_volume": True,
    "type": "Computer",
    "volume_percent": 74,
}
PLAYER: Json = {
    "actions": {"disallows": {"resuming": True, "toggling_repeat_track": True}},
    "context": _web("playlist", "37i9dQZF1DX4sWSpwq3LiO"),
    "currently_playing_type": "track",
    "device": DEVICE,
    "is_playing": True,
    "item": TRACK,
    "progress_ms": 44_272,
    "repeat_state": "off",
    "shuffle_state": True,
    "smart_shuffle": False,
    "timestamp": 1_790_840_000_000,
}
QUEUE: Json = {"currently_playing": TRACK, "queue": [TRACK, EPISODE, LOCAL]}
SAVED: Json = {
    "href": "https://api.spotify.com/v1/me/tracks?offset=0&limit=50",
    "items": [
        {"added_at": "2026-09-30T21:04:11Z", "track": TRACK},
        {"added_at": "2021-01-01T00:00:00Z", "track": LOCAL},
        {"added_at": "2020-12-31T00:00:00Z", "track": None},
        {"added_at": "2020-12-30T00:00:00Z", "track": EPISODE},
    ],
    "limit": 50,
    "next": None,
    "offset": 0,
    "previous": None,
    "total": 4,
}
ME: Json = {
    "account_id": "acc7d1c2",
    "country": "AT",
    "display_name": "Ann",
    "email": "ann@example.org",
    "external_urls": {"spotify": "https://open.spotify.com/user/ann1985"},
    "followers": {"href": None, "total": 3},
    "href": "https://api.spotify.com/v1/users/ann1985",
    "id": "ann1985",
    "images": [],
    "product": "premium",
    "type": "user",
    "uri": "spotify:user:ann1985",
}
PLAYLISTS: Json = {
    "href": "https://api.spotify.com/v1/me/playlists?offset=0&limit=50",
    "items": [
        _web("playlist", "mine")
        | {
            "collaborative": False,
            "description": "",
            "images": None,
            "items": {"href": "https://api.spotify.com/v1/playlists/mine/items", "total": 4},
            "name": "Mine",
            "owner": {"display_name": None, "id": "ann1985", "type": "user"},
            "primary_color": None,
            "public": False,
            "snapshot_id": "MTgsZWFmNmZiNTIzYTg4ODM0OGQzZWQzOGI4NTdkNTJlMjU0OWFkYTUxMA==",
            "tracks": {"href": "https://api.spotify.com/v1/playlists/mine/items", "total": 4},
        },
        None,
        _web("playlist", "theirs") | {"name": "Theirs", "owner": {"id": "spotify"}},
        _web("playlist", "nobodys") | {"name": "Nobody's", "owner": None},
    ],
    "limit": 50,
    "next": None,
    "offset": 0,
    "previous": None,
    "total": 4,
}
ADDED = {"added_at": None, "added_by": {"id": "ann1985", "type": "user"}, "primary_color": None}
PLAYLIST_ITEMS: Json = {
    "href": "https://api.spotify.com/v1/playlists/mine/items?offset=0&limit=50",
    "items": [
        {
            **ADDED,
            "is_local": False,
            "item": TRACK,
            "track": TRACK,
            "video_thumbnail": {"url": None},
        },
        {**ADDED, "is_local": False, "item": None, "track": None},
        {**ADDED, "is_local": True, "item": LOCAL, "track": LOCAL},
        {**ADDED, "is_local": False, "item": EPISODE, "track": EPISODE},
    ],
    "limit": 50,
    "next": None,
    "offset": 0,
    "previous": None,
    "total": 4,
}
