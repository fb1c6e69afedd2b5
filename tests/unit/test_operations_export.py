"""python -m operations.export, against a server that answers as it is told."""

import json
import stat
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from operations import export
from operations.export import ExportError, read_pages

CSV = {"Content-Type": "text/csv; charset=utf-8; header=present"}
NEXT = CSV | {"Link": '<?limit=2&next_token=t>; rel="next"'}


@pytest.fixture
def server():
    """A server that gives the answers in turn, (status, headers, body) each, and notes what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            told.asked.append((self.path, self.headers.get("Authorization")))
            status, headers, body = told.answers.pop(0)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told = SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}", answers=[], asked=[], pauses=[])
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield told
        server.shutdown()


def read(server, event_id="k3v7qzm2ab", url="", **options):
    return list(read_pages(event_id, server.url + url, sleep=server.pauses.append, **options))


def problem(status, detail, **headers):
    return status, {"Content-Type": "application/problem+json", **headers}, json.dumps({"detail": detail}).encode()


def test_pages_are_followed_to_the_last_as_they_are(server):
    server.answers = [(200, NEXT, b"\xef\xbb\xbfid\r\n1\r\n"), (200, NEXT, b"2\r\n"), (200, CSV, b"3\r\n")]
    assert [b"\xef\xbb\xbfid\r\n1\r\n", b"2\r\n", b"3\r\n"] == read(server, limit=2)
    path = "/events/k3v7qzm2ab/attendee.csv"
    assert [(f"{path}?limit=2", None), *[(f"{path}?limit=2&next_token=t", None)] * 2] == server.asked


def test_stages_stay_in_the_address_and_the_token_goes_with_every_page(server):
    server.answers = [(200, NEXT, b""), (200, CSV, b"")]
    read(server, url="/v1/", token="secret")
    path = "/v1/events/k3v7qzm2ab/attendee.csv"
    expected = [(f"{path}?limit=1000", "Bearer secret"), (f"{path}?limit=2&next_token=t", "Bearer secret")]
    assert expected == server.asked


def test_an_id_cannot_lead_to_another_path(server):
    server.answers = [problem(404, "There is no event with this id.")]
    with pytest.raises(ExportError, match=r"answers 404: There is no event with this id\.$"):
        read(server, event_id="../a?b#c")
    assert ["/events/..%2Fa%3Fb%23c/attendee.csv?limit=1000"] == [path for path, _ in server.asked]


@pytest.mark.parametrize("status", [429, 500, 503, 504])
def test_what_says_when_to_come_again_is_asked_again_then(server, status):
    busy = problem(status, "busy", **{"Retry-After": "3"})
    server.answers = [busy, (200, NEXT, b"1"), busy, busy, (200, CSV, b"2")]
    assert [b"1", b"2"] == read(server)
    assert [3, 3, 3] == server.pauses


@pytest.mark.parametrize("retry_after", [None, "", "-1", "soon", "61", "Wed, 21 Oct 2099 07:28:00 GMT"])
def test_what_does_not_is_the_last_word(server, retry_after):
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    server.answers = [problem(503, "gone", **headers)]
    with pytest.raises(ExportError, match="answers 503: gone"):
        read(server)
    assert [] == server.pauses


def test_patience_ends(server):
    server.answers = [problem(503, "busy", **{"Retry-After": "0"})] * (export.MOST_REPEATS + 1)
    with pytest.raises(ExportError, match="answers 503: busy"):
        read(server)
    assert export.MOST_REPEATS == len(server.pauses)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"message": "Unauthorized"}'])
def test_an_error_without_a_problem_is_told_by_its_status(server, body):
    server.answers = [(401, {"Content-Type": "application/json"}, body)]
    with pytest.raises(ExportError, match=r"answers 401: Unauthorized$"):
        read(server)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((200, {"Content-Type": "text/html"}, b"<html>"), "gives text/html, not text/csv"),
        ((302, {"Location": "/elsewhere"}, b""), "answers 302"),
        ((200, CSV | {"Content-Length": "10"}, b"12345"), "5 bytes read"),
        ((200, CSV | {"Link": '<https://evil.example/?a>; rel="next"'}, b""), "leads elsewhere"),
        ((200, CSV | {"Link": '<//evil.example/?a>; rel="next"'}, b""), "leads elsewhere"),
    ],
    ids=["no CSV", "a redirection", "cut off", "a link elsewhere", "a link to another host"],
)
def test_what_is_no_page_of_the_file_ends_the_export(server, answer, words):
    server.answers = [answer]
    with pytest.raises(ExportError, match=words):
        read(server, token="secret")
    assert 1 == len(server.asked)


def test_nobody_there_is_told(server):
    with pytest.raises(ExportError, match="refused"):
        list(read_pages("k3v7qzm2ab", "http://127.0.0.1:1"))


@pytest.mark.parametrize("url", ["nowhere", "ftp://127.0.0.1/", "file:///etc"])
def test_what_is_no_address_is_told(url):
    with pytest.raises(ExportError, match="is no address of an API"):
        list(read_pages("k3v7qzm2ab", url))


# --- The command ------------------------------------------------------------------------------------------------------


def test_the_file_is_written_at_once_when_it_is_whole(server, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TOKEN", "secret")
    file = tmp_path / "people.csv"
    file.write_text("older")
    server.answers = [(200, NEXT, b"1\r\n"), (200, CSV, b"2\r\n")]
    assert 0 == export.main(["k3v7qzm2ab", "--url", server.url, "--out", str(file)])
    assert b"1\r\n2\r\n" == file.read_bytes()
    assert [file] == list(tmp_path.iterdir())
    assert "Bearer secret" == server.asked[0][1]
    assert ("", "") == capsys.readouterr()
    # Names and addresses are nobody else's on this machine.
    assert 0 == stat.S_IMODE(file.stat().st_mode) & 0o077


def test_an_export_that_breaks_off_leaves_what_was_there(server, tmp_path, capsys):
    file = tmp_path / "people.csv"
    file.write_text("older")
    server.answers = [(200, NEXT, b"1\r\n"), problem(401, "Send the ID token of an organiser.")]
    assert 1 == export.main(["k3v7qzm2ab", "--url", server.url, "--out", str(file)])
    assert "older" == file.read_text()
    assert [file] == list(tmp_path.iterdir())
    assert "Error: " in (told := capsys.readouterr().err)
    assert told.endswith("answers 401: Send the ID token of an organiser.\n")


def test_a_folder_that_is_not_there_is_told(server, tmp_path, capsys):
    server.answers = [(200, CSV, b"")]
    assert 1 == export.main(["k3v7qzm2ab", "--url", server.url, "--out", str(tmp_path / "none" / "people.csv")])
    assert "No such file or directory" in capsys.readouterr().err


def test_without_a_file_the_pages_go_to_the_standard_output(server, capfdbinary):
    server.answers = [(200, NEXT, b"\xef\xbb\xbfid\r\n"), (200, CSV, b"1\r\n")]
    assert 0 == export.main(["k3v7qzm2ab", "--url", server.url])
    assert b"\xef\xbb\xbfid\r\n1\r\n" == capfdbinary.readouterr().out


def test_the_local_stack_over_a_folder_is_found_unless_an_address_is_given(server, tmp_path, capfdbinary, monkeypatch):
    monkeypatch.setattr(export, "DEFAULT_URL", "http://127.0.0.1:9")
    assert 1 == export.main(["k3v7qzm2ab", "--state", str(tmp_path)])
    (tmp_path / "stack.json").write_text(f'{{"base_url": "{server.url}"}}')
    server.answers = [(200, {"Content-Type": "text/csv"}, b"id\n")]
    assert 0 == export.main(["k3v7qzm2ab", "--state", str(tmp_path)])
    assert b"id\n" == capfdbinary.readouterr().out
    assert 1 == export.main(["k3v7qzm2ab", "--state", str(tmp_path), "--url", "http://127.0.0.1:9"])
