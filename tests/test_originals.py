"""Fetching the originals behind the corpus, from a server on this machine that misbehaves in every way."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import FakeEmbedder

from assistant import fetching, originals, settings
from assistant.errors import UsageError
from assistant.fetching import Fetcher, FetchError
from assistant.pipeline import Assistant
from assistant.records import Question, Source

PAGE = "<html><head><title>Rule</title></head><body><main><h1>The rule</h1><p>{}</p></main></body></html>"
FIRST = "The zibbeling permit costs forty-one euros in every municipality."
SECOND = "The zibbeling permit costs fifty-two euros in every municipality."
BOMB = gzip.compress(b"a" * 60_000_000, 1)


class Handler(BaseHTTPRequestHandler):
    """Each path misbehaves in its own way; `state` of the server is what a test may change."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        given = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), "Connection": "close"}
        for name, value in {**given, **{k.replace("_", "-"): v for k, v in headers.items()}}.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        state: dict[str, str] = self.server.state  # type: ignore[attr-defined]
        self.server.asked.append((self.path, dict(self.headers)))  # type: ignore[attr-defined]
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            getattr(self, f"at_{self.path.split('?')[0].strip('/').split('/')[0].replace('.', '_')}", self.at_missing)(state)
        self.close_connection = True

    def at_robots_txt(self, state: dict[str, str]) -> None:
        self.send(state["robots"].encode(), int(state.get("robots status", 200)), Content_Type="text/plain")

    def at_page(self, state: dict[str, str]) -> None:
        tag = f'"{hash(state["page"])}"'
        if self.headers.get("If-None-Match") == tag:
            self.send(b"", 304)
        else:
            self.send(PAGE.format(state["page"]).encode(), ETag=tag)

    def at_missing(self, _: object) -> None:
        self.send(b"no", 404)

    def at_broken(self, _: object) -> None:
        self.send(b"no", 500)

    def at_circle(self, _: object) -> None:
        self.send(b"", 302, Location="/circle")

    def at_inside(self, _: object) -> None:
        self.send(b"", 302, Location="http://169.254.169.254/latest")

    def at_scheme(self, _: object) -> None:
        self.send(b"", 302, Location="file:///etc/passwd")

    def at_moved(self, _: object) -> None:
        self.send(b"", 301, Location="/page")

    def at_endless(self, _: object) -> None:
        self.send(b"", Content_Length="", Transfer_Encoding="chunked")
        while True:
            self.wfile.write(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")

    def at_drip(self, _: object) -> None:
        self.send(b"", Content_Length="100000")
        for _i in range(100):
            self.wfile.write(b"a")
            time.sleep(0.1)

    def at_driphead(self, _: object) -> None:
        for _i in range(100):
            self.wfile.write(b"H")
            time.sleep(0.1)

    def at_image(self, _: object) -> None:
        self.send(b"\x89PNG", Content_Type="image/png")

    def at_untyped(self, _: object) -> None:
        self.send(b"text", Content_Type="")

    def at_bomb(self, _: object) -> None:
        self.send(BOMB, Content_Encoding="gzip")

    def at_zipped(self, _: object) -> None:
        self.send(gzip.compress(PAGE.format(FIRST).encode()), Content_Encoding="gzip")

    def at_halfzip(self, _: object) -> None:
        self.send(gzip.compress(PAGE.format(FIRST).encode())[:-12], Content_Encoding="gzip")

    def at_nozip(self, _: object) -> None:
        self.send(b"no gzip at all", Content_Encoding="gzip")

    def at_brotli(self, _: object) -> None:
        self.send(b"???", Content_Encoding="br")

    def at_truncated(self, _: object) -> None:
        self.send(b"<html>half", Content_Length="5000")

    def at_empty(self, _: object) -> None:
        self.send(b"")

    def at_damaged(self, _: object) -> None:
        self.send(b"%PDF-1.7 no more", Content_Type="application/pdf")

    def at_nonsense(self, _: object) -> None:
        self.wfile.write(b"\x00\x01 nonsense\r\n\r\n")

    def at_forbidden(self, _: object) -> None:
        self.send(PAGE.format(FIRST).encode())


class Web(ThreadingHTTPServer):
    """The server with what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.state = {"robots": "User-agent: *\nDisallow: /forbidden\n", "page": FIRST}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(private=True, pace=0, seconds=3.0, max_bytes=2_000_000)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing", "answers 404"),
        ("broken", "answers 500"),
        ("circle", "more than 5 redirects"),
        ("scheme", "no http"),
        ("endless", "larger than 2 MB"),
        ("bomb", "larger than 2 MB"),
        ("drip", "not read within 3 seconds"),
        ("driphead", "not read within 3 seconds"),
        ("image", "'image/png', which is not read"),
        ("untyped", "'of no type', which is not read"),
        ("halfzip", "broke off"),
        ("nozip", "compression is damaged"),
        ("brotli", "encoded as 'br'"),
        ("truncated", "broke off"),
        ("nonsense", "broke off or answers nonsense"),
        ("forbidden", "robots.txt asks"),
    ],
)
def test_a_server_that_misbehaves_is_one_line_in_bounded_time(web: Web, fetcher: Fetcher, path: str, reason: str) -> None:
    began = time.monotonic()
    with pytest.raises(FetchError, match=reason) as caught:
        fetcher.get(f"{web.url}/{path}")
    assert time.monotonic() - began < 20
    assert "\n" not in str(caught.value)


def test_a_forbidden_page_is_never_asked_for_and_the_program_says_who_it_is(web: Web, fetcher: Fetcher) -> None:
    with pytest.raises(FetchError):
        fetcher.get(f"{web.url}/forbidden/page")
    assert [path for path, _ in web.asked] == ["/robots.txt"]
    assert web.asked[0][1]["User-Agent"] == fetching.AGENT


@pytest.mark.parametrize(("status", "read"), [("404", True), ("403", True), ("500", False)])
def test_no_robots_txt_allows_all_and_one_that_fails_nothing(web: Web, fetcher: Fetcher, status: str, read: bool) -> None:
    web.state["robots status"] = status
    if read:
        assert fetcher.get(f"{web.url}/page") is not None
    else:
        with pytest.raises(FetchError, match="what may be read is unknown"):
            fetcher.get(f"{web.url}/page")


def test_redirects_and_compression_are_followed_and_undone(web: Web, fetcher: Fetcher) -> None:
    page = fetcher.get(f"{web.url}/moved#part")
    assert page is not None
    assert (page.url, page.ending, page.data.decode()) == (f"{web.url}/page", ".html", PAGE.format(FIRST))
    zipped = fetcher.get(f"{web.url}/zipped")
    assert zipped is not None
    assert zipped.data.decode() == PAGE.format(FIRST)


def test_requests_to_a_host_keep_their_distance(web: Web) -> None:
    fetcher = Fetcher(private=True, pace=0.4, seconds=1)
    began = time.monotonic()
    for _ in range(3):
        fetcher.get(f"{web.url}/page")
    assert time.monotonic() - began >= 0.8


def test_an_address_inside_the_network_is_not_asked(web: Web) -> None:
    with pytest.raises(FetchError, match=r"inside the network.*--allow-private"):
        Fetcher(pace=0).get(f"{web.url}/page")
    assert web.asked == []


def test_a_redirect_to_an_address_inside_the_network_is_not_followed(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "public", lambda address: address == "127.0.0.1")
    with pytest.raises(FetchError, match=r"169\.254\.169\.254: is an address inside the network"):
        Fetcher(pace=0, seconds=1).get(f"{web.url}/inside")


def test_a_name_that_changes_its_address_after_the_check_gains_nothing(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["93.184.215.14", "127.0.0.1", "127.0.0.1"])
    connected: list[str] = []

    def lookup(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(self: object, host: str, *_: object) -> None:
        connected.append(host)
        raise OSError("stopped here")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(fetching._Network, "_connect", connect)
    fetcher = Fetcher(pace=0, seconds=1)
    with pytest.raises(FetchError, match="cannot be reached"):
        fetcher.get("http://rebinding.example/page")
    with pytest.raises(FetchError, match="inside the network"):
        fetcher.get("http://rebinding.example/page")
    assert connected == ["93.184.215.14"]


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fe80::1%eth0", "fc00::1",
     "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1", "240.0.0.1"],
)  # fmt: skip
def test_addresses_inside_the_network_are_known(address: str) -> None:
    assert not fetching.public(address)


def test_open_addresses_are_known() -> None:
    assert all(map(fetching.public, ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]))


@pytest.mark.parametrize("wrong", ["ftp://a.be/", "http://", "http://user:secret@a.be/", "http://a.be:99999/", "http://[::1/", "page.html"])
def test_what_is_no_web_address_is_said(wrong: str) -> None:
    with pytest.raises(FetchError, match=r"sources\.yaml"):
        fetching.clean(wrong)


def test_addresses_in_other_scripts_are_sent_escaped() -> None:
    assert fetching.clean("https://münchen.example/régle é?q=ö#x") == "https://xn--mnchen-3ya.example/r%C3%A9gle%20%C3%A9?q=%C3%B6"


@pytest.fixture
def own(web: Web, tmp_path: Path, assistant: Assistant) -> Assistant:
    """An assistant of its own home whose corpus has sources on the server."""
    made = Assistant(settings.Settings(tmp_path / "home", assistant.settings.corpus, None), FakeEmbedder())
    named = {n: Source(n, f"Title of {n}", "A body", f"{web.url}/{n}") for n in ("page", "missing", "damaged", "empty", "zipped", "page?é=ü")}
    cited = next(s for d in assistant.corpus.documents.values() for s in d.sections if s.sources).sources[0]
    named[cited] = Source(cited, "Cited", "A body", f"{web.url}/page")
    id = next(d.id for d in assistant.corpus.documents.values() if any(cited in s.sources for s in d.sections))
    made.__dict__["corpus"] = replace(assistant.corpus, sources=named, files={id: assistant.corpus.files[id]}, phrasings=(), version="t")
    made.library.update((), corpus=made.corpus)
    return made


def states(results: list[originals.Fetched]) -> dict[str, str]:
    return {r.source: r.state for r in results}


def sources(own: Assistant, *names: str) -> list[Source]:
    return [own.corpus.sources[n] for n in names]


def test_a_page_is_kept_ingested_and_its_change_reported(own: Assistant, web: Web, fetcher: Fetcher) -> None:
    folder = own.settings.home / "originals"
    cited = list(own.corpus.sources)[-1]
    assert states(originals.fetch(own, sources(own, "page", cited), fetcher)) == {"page": "new", cited: "new"}
    record = json.loads((folder / "page.json").read_text())
    assert record["url"] == f"{web.url}/page"
    assert record["headers"]["etag"]
    assert len(record["sha256"]) == 64
    document = own.library.current().documents["originals/page"]
    assert FIRST in document.text
    assert document.original
    assert {s.sources for s in document.sections} == {("page",)}
    assert states(originals.fetch(own, sources(own, "page"), fetcher)) == {"page": "unchanged"}
    assert web.asked[-1][1]["If-None-Match"] == record["headers"]["etag"]
    web.state["page"] = SECOND
    (result,) = originals.fetch(own, sources(own, cited), fetcher)
    assert (result.state, result.appeared, result.vanished) == ("changed", 1, 1)
    assert result.sections
    assert all("#" in s for s in result.sections)
    assert result.authorities
    assert SECOND in own.library.current().documents[f"originals/{cited}"].text
    assert len([p for p in folder.iterdir() if p.name.startswith(f"{cited}.")]) == 2
    assert not list(folder.glob(".*"))


def test_what_fails_is_a_line_each_and_leaves_what_was_there(own: Assistant, web: Web, fetcher: Fetcher) -> None:
    originals.fetch(own, sources(own, "page"), fetcher)
    before = sorted((p.name, p.read_bytes()) for p in (own.settings.home / "originals").iterdir())
    web.state["robots"] = "User-agent: *\nDisallow: /page\n"
    fresh = Fetcher(private=True, pace=0, seconds=1)
    results = originals.fetch(own, sources(own, "page", "missing", "damaged", "empty", "page?é=ü", "zipped"), fresh)
    assert states(results) == {**dict.fromkeys(("page", "missing", "damaged", "empty", "page?é=ü"), "failed"), "zipped": "new"}
    assert all(r.reason and "\n" not in r.reason for r in results if r.state == "failed")
    assert "our copy of" in results[0].reason
    after = sorted((p.name, p.read_bytes()) for p in (own.settings.home / "originals").iterdir() if not p.name.startswith("zipped"))
    assert after == before
    assert {"originals/page", "originals/zipped"} <= set(own.library.current().documents)


def test_an_ingest_that_fails_is_made_good_by_the_next_run(own: Assistant, web: Web, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(own.embedder, "embed", lambda *_, **__: 1 / 0)
        with pytest.raises(Exception, match="nothing was changed"):
            originals.fetch(own, sources(own, "page"), fetcher)
    assert "originals/page" not in own.library.current().documents
    assert states(originals.fetch(own, sources(own, "page"), fetcher)) == {"page": "new"}


def test_originals_change_no_answer_and_are_read_where_named(own: Assistant, web: Web, fetcher: Fetcher) -> None:
    def scores(*documents: str) -> list[tuple[str, str, float]]:
        question, asked = own.understand(Question("What does the zibbeling permit cost?", documents=documents))
        return [(f.document.id, f.section.id, f.score) for f in own.retrieve(question, asked)[0]]

    before = scores()
    originals.fetch(own, sources(own, "page"), fetcher)
    assert [x[:2] for x in scores()] == [x[:2] for x in before] != []
    assert [x[2] for x in scores()] == pytest.approx([x[2] for x in before], rel=1e-4)
    assert {x[0] for x in scores("originals/page")} == {"originals/page"}


def test_sources_are_chosen_by_name_or_the_longest_unread_first(own: Assistant, fetcher: Fetcher) -> None:
    folder = own.settings.home / "originals"
    originals.fetch(own, sources(own, "page"), fetcher)
    everything = originals.chosen(own.corpus, folder, [], True, None)
    assert everything[-1].id == "page"
    assert len(everything) == len(own.corpus.sources)
    assert len(originals.chosen(own.corpus, folder, [], True, 2)) == 2
    for wanted, most in (((), None), (("nobody",), None), (("page",), 0)):
        with pytest.raises(UsageError):
            originals.chosen(own.corpus, folder, wanted, False, most)


def test_the_command_lists_without_reading_and_refuses_another_index(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    code, out, _ = run("corpus", "fetch", "--all", "--max", "3", "--dry-run")
    assert code == 0
    assert len(out.splitlines()) == 3
    assert "never read" in out
    assert run("corpus", "fetch", "--all", "--index", str(tmp_path / "other"))[0] == 2
    assert run("corpus", "fetch")[0] == 2
    assert run("corpus", "list", "--all")[0] == 2
