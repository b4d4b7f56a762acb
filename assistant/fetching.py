"""One page from the web, within bounds: size, time, type, redirects, robots.txt, pace, and no address inside the network.

Names are looked up here and the connection goes to the address that was checked, so that a name that changes its address
between check and use (DNS rebinding) gains nothing. No proxy is used: behind one, the address could not be checked. Robots
rules as in RFC 9309. Knows no corpus and no store.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urldefrag, urljoin, urlsplit, urlunsplit
from urllib.robotparser import RobotFileParser

import httpcore

from .errors import InputError

AGENT = "belgian-integration-assistant"
MAX_BYTES, MAX_ROBOTS, MAX_REDIRECTS = 20_000_000, 500_000, 5
SECONDS = 30.0
PACE, SLOWEST = 1.0, 30.0  # seconds between two requests to a host, and the longest wait that robots.txt can ask for
# Content type → ending of the file, by which a reader is found.
TYPES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/epub+zip": ".epub",
}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class FetchError(InputError):
    """A page could not be had; the message is one line that names the address, the reason and the remedy."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a server gave: the address after redirects, headers in lower case, and the body without its encoding."""

    url: str
    headers: Mapping[str, str]
    data: bytes

    @property
    def ending(self) -> str:
        """The ending of a file of its type."""
        return TYPES[_type(self.headers)]


@dataclass
class Fetcher:
    """Fetches politely: one after the other, at most one request a `pace` to a host. `private` allows addresses inside the network."""

    private: bool = False
    pace: float = PACE
    seconds: float = SECONDS
    max_bytes: int = MAX_BYTES
    _robots: dict[str, RobotFileParser] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)
    _trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def get(self, url: str, known: Mapping[str, str] | None = None) -> Page | None:
        """The page at `url`; None if it is as `known` (its headers the last time) says. Raises FetchError."""
        deadline = time.monotonic() + self.seconds
        headers = {}
        if known and known.get("etag"):
            headers["If-None-Match"] = known["etag"]
        if known and known.get("last-modified"):
            headers["If-Modified-Since"] = known["last-modified"]
        at = clean(url)
        for _ in range(MAX_REDIRECTS + 1):
            rules = self._rules(at)
            if not rules.can_fetch(AGENT, at):
                raise FetchError(f"{at}: robots.txt asks programs not to read it; read it yourself and ingest a copy")
            waited = self._wait(at, rules)
            deadline += waited
            status, got, data = self._request(at, headers, deadline, self.max_bytes, typed=True)
            if status == 304 and headers:
                return None
            if status not in (301, 302, 303, 307, 308):
                if status != 200:
                    raise FetchError(f"{at}: the server answers {status}; look whether the page has moved, and mend sources.yaml")
                return Page(at, got, data)
            at = _onward(at, got)
        raise FetchError(f"{clean(url)}: more than {MAX_REDIRECTS} redirects; mend the address in sources.yaml")

    def _wait(self, url: str, rules: RobotFileParser) -> float:
        """Sleep until the host may be asked again; the seconds slept."""
        host = urlsplit(url).netloc
        pace = max(self.pace, min(float(rules.crawl_delay(AGENT) or 0), SLOWEST)) if self.pace else 0.0
        left = max(0.0, self._last.get(host, -SLOWEST) + pace - time.monotonic())
        time.sleep(left)
        self._last[host] = time.monotonic()
        return left

    def _rules(self, url: str) -> RobotFileParser:
        """The host's robots.txt: none there allows all; one that cannot be had allows nothing, this time."""
        parts = urlsplit(url)
        place = f"{parts.scheme}://{parts.netloc}"
        if place not in self._robots:
            rules = RobotFileParser()
            rules.parse(self._robots_lines(f"{place}/robots.txt"))
            self._robots[place] = rules
        return self._robots[place]

    def _robots_lines(self, url: str) -> list[str]:
        deadline, at = time.monotonic() + self.seconds, url
        for _ in range(MAX_REDIRECTS + 1):
            status, headers, data = self._request(at, {}, deadline, MAX_ROBOTS)
            if status == 200:
                return data.decode("utf-8", "replace").splitlines()
            if status in (301, 302, 303, 307, 308):
                at = _onward(at, headers)
            elif 400 <= status < 500:
                return []
            else:
                raise FetchError(f"{url}: the server answers {status}, so what may be read is unknown; try again later")
        raise FetchError(f"{url}: more than {MAX_REDIRECTS} redirects, so what may be read is unknown; try again later")

    def _request(
        self, url: str, headers: Mapping[str, str], deadline: float, most: int, typed: bool = False
    ) -> tuple[int, dict[str, str], bytes]:
        """One request: status, headers, body (empty unless the status is 200). `typed`: the content type must be one of TYPES."""
        sent = [(k.encode(), v.encode("latin-1", "ignore")) for k, v in headers.items()]
        sent += [(b"Host", urlsplit(url).netloc.encode()), (b"User-Agent", AGENT.encode()), (b"Accept-Encoding", b"gzip")]
        # Each single wait is bounded by the deadline in `_Network`; this only stops waits that make no progress sooner.
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), self.seconds)
        try:
            with (
                httpcore.ConnectionPool(ssl_context=self._trust, network_backend=_Network(self.private, deadline)) as pool,
                pool.stream("GET", url, headers=sent, extensions={"timeout": timeout}) as response,
            ):
                got = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in response.headers}
                if response.status != 200:
                    return response.status, got, b""
                if typed and _type(got) not in TYPES:
                    raise FetchError(f"{url}: its content is '{_type(got) or 'of no type'}', which is not read; name a page, PDF or text")
                return 200, got, _body(url, got, response.iter_stream(), most)
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise FetchError(f"{url}: not read within {self.seconds:g} seconds; try again later") from error
        except httpcore.RemoteProtocolError as error:
            raise FetchError(f"{url}: the server broke off or answers nonsense ({_brief(error)}); try again later") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as error:
            raise FetchError(f"{url}: cannot be reached ({_brief(error)}); check the address and the network") from error


def clean(url: str) -> str:
    """An address as it is sent: without fragment, other scripts escaped. Raises FetchError if it is no web address."""
    try:
        parts = urlsplit(urldefrag(url.strip()).url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError) as error:
        raise FetchError(f"{url}: is no web address ({_brief(error)}); mend it in sources.yaml") from error
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise FetchError(f"{url}: is no http(s) address without a password; mend it in sources.yaml")
    place = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    path, query = (quote(re.sub(r"[\x00-\x20]", lambda m: quote(m[0]), p), safe="/%:@!$&'()*+,;=~?[]") for p in (parts.path or "/", parts.query))
    return urlunsplit((parts.scheme, place, path, query, ""))


def _onward(url: str, headers: Mapping[str, str]) -> str:
    # Servers write the bytes of their own encoding, mostly UTF-8, into a header that is Latin-1.
    place = headers.get("location", "").encode("latin-1").decode("utf-8", "replace")
    if not place:
        raise FetchError(f"{url}: the server redirects without saying where; mend the address in sources.yaml")
    return clean(urljoin(url, place))


def _type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").split(";")[0].strip().lower()


def _body(url: str, headers: Mapping[str, str], chunks: Iterable[bytes], most: int) -> bytes:
    """The body, unpacked, stopped as soon as it is more than `most` bytes, packed or not."""
    large = FetchError(f"{url}: is larger than {most // 1_000_000 or 1} MB; ingest a part of it from a file")
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "", "gzip", "x-gzip"):
        raise FetchError(f"{url}: is encoded as '{encoding}', which was not asked for; ingest a copy from a file")
    if (stated := headers.get("content-length", "")).isdigit() and int(stated) > most:
        raise large
    unpacker = zlib.decompressobj(wbits=31) if "gzip" in encoding else None
    out = bytearray()
    try:
        for chunk in chunks:
            out += unpacker.decompress(chunk, most + 1 - len(out)) if unpacker else chunk
            if len(out) > most:
                raise large
    except zlib.error as error:
        raise FetchError(f"{url}: its compression is damaged ({_brief(error)}); try again later") from error
    if unpacker and not unpacker.eof:
        raise FetchError(f"{url}: the server broke off in the middle; try again later")
    return bytes(out)


class _Network(httpcore.NetworkBackend):
    """Connects to checked addresses only, and lets nothing last beyond the deadline (a time of `time.monotonic`)."""

    def __init__(self, private: bool, deadline: float) -> None:
        self._private, self._deadline, self._plain = private, deadline, httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Any = None
    ) -> httpcore.NetworkStream:
        """See httpcore. Raises FetchError if the name has an address inside the network."""
        found = list(dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        inside = [a for a in found if not public(a)]
        if inside and not self._private:
            raise FetchError(f"{host}: is an address inside the network ({inside[0]}); if it should be read, add --allow-private")
        for address in found[:-1]:
            try:
                return self._connect(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(found[-1], port, timeout, local_address, socket_options)

    def _connect(self, address: str, port: int, timeout: float | None, local: str | None, options: Any) -> httpcore.NetworkStream:
        return _Stream(self._plain.connect_tcp(address, port, _left(self._deadline, timeout), local, options), self._deadline)


class _Stream(httpcore.NetworkStream):
    """A stream whose every wait ends at the deadline, however the other side drips."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """See httpcore."""
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """See httpcore."""
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        """See httpcore."""
        self._stream.close()

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None) -> _Stream:
        """See httpcore."""
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """See httpcore."""
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time is over")
    return min(left, timeout or left)


def public(address: str) -> bool:
    """Whether an address is one of the open network, also where it wraps another (mapped, 6to4, Teredo, NAT64)."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
