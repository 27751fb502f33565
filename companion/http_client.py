"""HTTP within bounds: a `requests.Session` with a deadline and a size limit for each answer.

    session = BoundedSession(deadline_seconds=15, max_bytes=1_000_000)
    answer = session.get(url, timeout=(5, 10))

It is a session like any other to `requests` and to spotipy, and differs in this:

- An answer is there, whole and unpacked, within the deadline, or `DeadlineExceeded` is raised:
  name resolution, connection, headers and body count together.
- An answer that is larger, also one that only unpacks to more, raises `AnswerTooLarge`.
- A redirect is an answer like another one, and is not followed.
- Credentials come from the caller only: neither `~/.netrc` nor cookies are used. Proxies and
  certificates named in the environment are, and where they cannot work, `EnvironmentInvalid`
  names the variable.
- Whatever goes wrong is a `requests.RequestException`; `describe_failure` puts it in words.
"""

import contextlib
import importlib.util
import json
import math
import os
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator, Mapping, MutableMapping
from concurrent.futures import Future
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import (
    ChunkedEncodingError,
    ConnectionError,  # noqa: A004 - requests' own, of which the built-in one knows nothing
    ContentDecodingError,
    InvalidURL,
    JSONDecodeError,
    ProxyError,
    RequestException,
    SSLError,
    Timeout,
)
from requests.utils import select_proxy
from urllib3 import exceptions as urllib3_errors

from companion.paths import is_file, is_folder

DEFAULT_DEADLINE_SECONDS = 30.0
DEFAULT_MAX_BYTES = 4 * 1024 * 1024
CONNECT_AND_READ_TIMEOUT_SECONDS = (5.0, 10.0)  # where the caller names none
BLOCK_BYTES = 64 * 1024
LONGEST_NUMBER = 400  # digits; Python reads some thousands, and takes its time for them
CA_BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
PROXY_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")
CORRECT = "Correct {}, or remove it from the environment."
GZIP_OR_ZLIB = zlib.MAX_WBITS | 32  # zlib tells the two apart by their headers


class DeadlineExceeded(Timeout):
    """The whole answer was not there in time."""


class AnswerTooLarge(RequestException):
    """The answer is larger than the session takes."""


class EnvironmentInvalid(RequestException):
    """A proxy or a certificate file that the environment names cannot be used.

    `problem` is a sentence that names the variable, `remedy` one that says what to do.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy


class BoundedSession(requests.Session):
    """A session of `requests` whose every answer is bounded in time and size.

    Args:
        deadline_seconds: from the call until the whole answer is there.
        max_bytes: of an answer's body, unpacked.
    """

    def __init__(
        self, deadline_seconds: float = DEFAULT_DEADLINE_SECONDS, max_bytes: int = DEFAULT_MAX_BYTES
    ) -> None:
        super().__init__()
        self.deadline_seconds, self.max_bytes = deadline_seconds, max_bytes
        self.auth = lambda request: request  # without one, requests looks into ~/.netrc
        self.headers["Accept-Encoding"] = "gzip"
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.mount("https://", _AbortableAdapter())
        self.mount("http://", _AbortableAdapter())

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request, and read its answer.

        Raises:
            DeadlineExceeded: the answer was not there in time.
            AnswerTooLarge: it is larger than `max_bytes`.
            RequestException: anything else, of the kinds of `requests`.
        """
        kwargs["timeout"] = kwargs.get("timeout") or CONNECT_AND_READ_TIMEOUT_SECONDS
        kwargs["stream"] = True
        exchange = _Exchange()
        answer: Future[requests.Response] = Future()

        def work() -> None:
            _thread.exchange = exchange
            try:
                answer.set_result(self._exchange(request, **kwargs))
            except BaseException as error:  # noqa: BLE001 - it is raised where it is awaited
                answer.set_exception(error)
            finally:
                exchange.end()

        # Name resolution has no timeout, so the thread may have to be left behind in it.
        threading.Thread(target=work, daemon=True, name="http").start()
        try:
            return answer.result(self.deadline_seconds)
        except TimeoutError:
            raise DeadlineExceeded(
                f"no whole answer within {self.deadline_seconds:g} seconds", request=request
            ) from None
        finally:
            if not answer.done():
                exchange.abort()

    def _exchange(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        try:
            with super().send(request, **kwargs) as response:
                return _read_whole(response, self.max_bytes)
        except RequestException:
            raise
        except (urllib3_errors.LocationValueError, UnicodeError) as error:
            raise InvalidURL(error, request=request) from error  # a host name beyond DNS
        except (urllib3_errors.HTTPError, OSError, ValueError) as error:
            raise ConnectionError(error, request=request) from error

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None, so that no redirect is followed, nor the address that it names looked at."""
        return None

    def merge_environment_settings(
        self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any
    ) -> Any:
        """As requests has it: proxies and certificates from the environment, but checked.

        Raises:
            EnvironmentInvalid: what it names cannot be used for this address.
        """
        settings = super().merge_environment_settings(url, proxies, stream, verify, cert)
        if urlsplit(url).scheme == "https":
            _check_certificates(settings["verify"])
        _check_proxy(url, settings["proxies"])
        return settings


def parse_json(body: bytes) -> Any:
    """The value of a JSON text; a whole number of absurdly many digits is infinite.

    Raises:
        JSONDecodeError: it is none, or its nesting is beyond all measure.
    """
    try:
        return json.loads(body, parse_int=_parse_int)
    except (ValueError, RecursionError) as error:
        raise JSONDecodeError(f"no JSON: {type(error).__name__}", "", 0) from error


def _parse_int(digits: str) -> float:
    return int(digits) if len(digits) <= LONGEST_NUMBER else math.inf


def describe_failure(error: RequestException) -> str:
    """The reason for having no answer, to stand behind a colon; never an address or a token."""
    if isinstance(error, EnvironmentInvalid):
        return error.problem.rstrip(".")
    kinds: tuple[tuple[type[RequestException], str], ...] = (
        (DeadlineExceeded, "its answer comes too slowly"),
        (Timeout, "it did not answer in time"),
        (AnswerTooLarge, "its answer is too large"),
        (ProxyError, "the proxy that the environment names does not answer"),
        (SSLError, "its certificate cannot be verified"),
        (ChunkedEncodingError, "its answer broke off"),
        (ContentDecodingError, "its answer cannot be unpacked"),
        (JSONDecodeError, "its answer is not JSON"),
        (ConnectionError, "no connection"),
    )
    said = (words for kind, words in kinds if isinstance(error, kind))
    return next(said, type(error).__name__)


# --- the answer's body


def _read_whole(response: requests.Response, max_bytes: int) -> requests.Response:
    body = bytearray()
    for block in _unpacked(response):
        body += block
        if len(body) > max_bytes:
            raise AnswerTooLarge(f"an answer of more than {max_bytes} bytes", response=response)
    # it is read already, and its JSON is never anything but JSON or an error
    vars(response).update(_content=bytes(body), _content_consumed=True)
    vars(response)["json"] = lambda **_: parse_json(bytes(body))
    return response


def _unpacked(response: requests.Response) -> Iterator[bytes]:
    """The body in blocks of `BLOCK_BYTES` at most, whatever they unpack to."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    packed = _packed(response)
    if encoding in ("", "identity"):
        return packed
    if encoding in ("gzip", "x-gzip", "deflate"):
        return _inflate(packed)
    raise ContentDecodingError("an answer in an encoding that was not asked for")


def _packed(response: requests.Response) -> Iterator[bytes]:
    try:
        yield from response.raw.stream(BLOCK_BYTES, decode_content=False)
    except urllib3_errors.ReadTimeoutError as error:
        raise Timeout(error) from error
    except urllib3_errors.SSLError as error:
        raise SSLError(error) from error
    except urllib3_errors.HTTPError as error:
        raise ChunkedEncodingError(error) from error


def _inflate(packed: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack gzip or zlib, of one or several members (RFC 1952, section 2.2)."""
    member = None
    try:
        for block in packed:
            rest, block_is_full = block, False
            while rest or block_is_full:
                member = zlib.decompressobj(GZIP_OR_ZLIB) if member is None else member
                plain = member.decompress(rest, BLOCK_BYTES)
                yield plain
                rest, block_is_full = member.unconsumed_tail, len(plain) == BLOCK_BYTES
                if member.eof:
                    rest, member, block_is_full = member.unused_data, None, False
    except zlib.error as error:
        raise ContentDecodingError(error) from error
    if member is not None:
        raise ContentDecodingError("a packed answer that broke off")


# --- the environment


def _check_certificates(verify: Any) -> None:
    variable = next((name for name in CA_BUNDLE_VARIABLES if os.environ.get(name)), None)
    if variable is None or verify != os.environ[variable]:
        return
    if problem := _problem_of_certificates(str(verify)):
        raise EnvironmentInvalid(f"{variable} names {problem}: {verify}.", CORRECT.format(variable))


def _problem_of_certificates(name: str) -> str:
    """The reason why a file of certificates cannot be used; "" where it can."""
    path = Path(name)
    if is_folder(path):
        return ""
    if not os.path.exists(path):  # noqa: PTH110 - never raises
        return "a file that is not there"
    if not is_file(path) or not _holds_certificates(name, path.stat().st_mtime_ns):
        return "a file from which no certificates can be read"
    return ""


@cache
def _holds_certificates(name: str, _changed: int) -> bool:
    try:
        ssl.create_default_context(cafile=name)
    except OSError:
        return False
    return True


def _check_proxy(url: str, proxies: MutableMapping[str, str]) -> None:
    proxy = select_proxy(url, proxies)
    if not proxy:
        return
    variable = _proxy_variable(url, proxy)
    scheme = _proxy_scheme(proxy)
    if scheme is None:
        problem = f"{variable} names a proxy by no address that can be used."
        raise EnvironmentInvalid(problem, CORRECT.format(variable))
    if scheme.startswith("socks") and importlib.util.find_spec("socks") is None:
        raise EnvironmentInvalid(
            f"{variable} names a SOCKS proxy, which needs the package PySocks.",
            f"Install PySocks beside companion, or remove {variable} from the environment.",
        )


def _proxy_scheme(proxy: str) -> str | None:
    """The proxy's kind; None where its address makes no sense."""
    try:
        address = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        usable = bool(address.hostname) and (address.port is None or address.port > 0)
    except ValueError:
        return None
    return address.scheme if usable and address.scheme in PROXY_SCHEMES else None


def _proxy_variable(url: str, proxy: str) -> str:
    """The variable that the proxy stands in; its value, which may hold a password, is not told."""
    scheme = urlsplit(url).scheme
    names = (f"{scheme}_proxy", f"{scheme.upper()}_PROXY", "all_proxy", "ALL_PROXY")
    named = (name for name in names if os.environ.get(name) == proxy)
    return next(named, "The system's network setting")


# --- breaking an exchange off from another thread


class _Exchange:
    """A request under way, with a handle of its own of the connection, by which it can be cut."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._aborted = False
        self._handle: socket.socket | None = None

    def use(self, connection: socket.socket) -> None:
        """From now on, this is the connection to cut."""
        handle = socket.fromfd(connection.fileno(), connection.family, connection.type)
        with self._lock:
            self._close()
            self._handle = handle
            if self._aborted:
                _cut(handle)

    def abort(self) -> None:
        """Cut the connection; one that is made later is cut then."""
        with self._lock:
            self._aborted = True
            if self._handle:
                _cut(self._handle)

    def end(self) -> None:
        """Let go of the connection."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._handle:
            self._handle.close()
        self._handle = None


class _Thread(threading.local):
    exchange: _Exchange | None = None


_thread = _Thread()


def _cut(connection: socket.socket) -> None:
    """End both directions: a thread that waits for the other side stops waiting."""
    with contextlib.suppress(OSError):  # it may have ended already
        connection.shutdown(socket.SHUT_RDWR)


class _Abortable:
    """Mixed into the connections of urllib3: tells the exchange under way what it uses."""

    sock: socket.socket | None

    def _new_conn(self) -> Any:
        connection = super()._new_conn()  # type: ignore[misc]
        _announce(connection)
        return connection

    def request(self, *args: Any, **kwargs: Any) -> None:
        _announce(self.sock)
        super().request(*args, **kwargs)  # type: ignore[misc]


def _announce(connection: socket.socket | None) -> None:
    if connection is not None and _thread.exchange is not None:
        _thread.exchange.use(connection)


class _AbortableAdapter(HTTPAdapter):
    """Makes connections, direct ones and through proxies, that can be cut."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        _make_abortable(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        _make_abortable(manager)
        return manager


def _make_abortable(manager: Any) -> None:
    pools: Mapping[str, Any] = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {scheme: _abortable(pool) for scheme, pool in pools.items()}


@cache
def _abortable(pool: Any) -> Any:
    """The same pool, with connections that can be cut."""
    if issubclass(pool.ConnectionCls, _Abortable):
        return pool
    connection = type(pool.ConnectionCls.__name__, (_Abortable, pool.ConnectionCls), {})
    return type(pool.__name__, (pool,), {"ConnectionCls": connection})
