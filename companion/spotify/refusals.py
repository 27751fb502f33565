"""Spotify's refusals: an HTTP answer becomes one of our errors, in Spotify's words."""

import html
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from http import HTTPStatus

import requests
from requests.exceptions import JSONDecodeError

from companion import errors
from companion.http_client import parse_json
from companion.log import redact
from companion.spotify.json_fields import Json, obj, text

LONGEST_WORDS = 200  # characters
LONGEST_PAGE = 8192  # bytes of an answer in text, in which to look for words
DEFAULT_WAIT = timedelta(seconds=30)  # of a 429 that says no time
DEFAULT_QUOTA_WAIT = timedelta(hours=24)  # the same, of the rolling quota
LONGEST_WAIT = timedelta(days=7)

OWNER_NEEDS_PREMIUM = "The owner of the Client ID has to renew Spotify Premium."
NOT_REGISTERED = (
    "Add your account under User Management of the app in Spotify's dashboard, "
    "or use a Client ID of your own."
)


class TokenRefused(errors.LoginNeeded):
    """401: the access token is not taken; another one may be."""


def read_json(response: requests.Response) -> Json | None:
    """Return the body as an object; None if it is something else."""
    try:
        body = parse_json(response.content)
    except JSONDecodeError:
        return None
    return body if isinstance(body, dict) else None


def is_good(response: requests.Response) -> bool:
    """Return True for a status of 200-299."""
    return HTTPStatus.OK <= response.status_code < HTTPStatus.MULTIPLE_CHOICES


def spoken(response: requests.Response, secrets: Iterable[str] = ()) -> str:
    """Return Spotify's own words in one line, without the secrets; else the status."""
    body = read_json(response)
    if body is None:
        page = response.content[:LONGEST_PAGE].decode("utf-8", "replace")
        words = html.unescape(re.sub("<[^>]*>", " ", page))
    else:
        words = text(obj(body, "error"), "message") or text(body, "error_description")
        words = words or text(body, "error")
    for secret in filter(None, secrets):
        words = words.replace(secret, "***")
    return printable(redact(words)) or f"status {response.status_code}"


def printable(words: str) -> str:
    """Shorten words from outside to one line without control characters."""
    line = "".join(letter if letter.isprintable() else " " for letter in words)
    return " ".join(line.split())[:LONGEST_WORDS].rstrip(". ")


def refusal(response: requests.Response, words: str, now: datetime) -> errors.SpotifyError:
    """Return the error that an answer outside 200-299 stands for."""
    reason = text(obj(read_json(response) or {}, "error"), "reason")
    match response.status_code:
        case 401:
            return TokenRefused(f"Spotify rejects the sign-in: {words}.")
        case 403:
            return _forbidden(words, reason)
        case 404:
            return _not_found(words, reason)
        case 429:
            retry_at = now + _wait(response.headers.get("Retry-After", ""), reason)
            return errors.QuotaExceeded(f"Spotify wants fewer calls: {words}.", retry_at=retry_at)
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return errors.SpotifyUnreachable(f"Spotify is not working: {words}.")
        case status if status < HTTPStatus.BAD_REQUEST:
            words = f"Something answers in Spotify's place (status {status})."
            return errors.SpotifyUnreachable(words)
    return errors.SpotifyError(f"Spotify refuses: {words} (status {response.status_code}).")


def _forbidden(words: str, reason: str) -> errors.SpotifyError:
    lower = words.lower()
    if reason == "PREMIUM_REQUIRED":
        return errors.PremiumNeeded(f"Spotify does not queue with this account: {words}.")
    if "premium" in lower:
        return errors.PremiumNeeded(f"Spotify refuses the app: {words}.", OWNER_NEEDS_PREMIUM)
    if "not be registered" in lower or "not registered" in lower:
        return errors.Restricted(f"Spotify does not let you use the app: {words}.", NOT_REGISTERED)
    if "scope" in lower:
        return errors.LoginNeeded(f"The sign-in does not allow this: {words}.")
    return errors.Restricted(f"Spotify accepts no commands here: {words}.")


def _not_found(words: str, reason: str) -> errors.SpotifyError:
    if reason == "NO_ACTIVE_DEVICE" or "active device" in words.lower():
        return errors.NoDevice(f"Spotify is not playing on any device: {words}.")
    return errors.SpotifyError(f"Spotify does not find it: {words}.")


def _wait(retry_after: str, reason: str) -> timedelta:
    if not (retry_after.isascii() and retry_after.isdecimal()):
        return DEFAULT_QUOTA_WAIT if reason == "QUOTA_EXCEEDED" else DEFAULT_WAIT
    return min(timedelta(seconds=int(retry_after[:9])), LONGEST_WAIT)
