"""The sample application: one page that tells which commit it was built from."""
import html
import http.server
import json
import os
import pathlib

GREETING = "Hello from Codeyard"


def page(build, host):
    """The page, from what the build and the host tell."""
    commit = html.escape(build.get("commit", "unknown"))
    return (
        "<!doctype html><title>{0}</title><h1>{0}</h1>"
        "<p>commit <code>{1}</code>, built by {2}, served by {3}</p>\n"
    ).format(GREETING, commit, html.escape(build.get("build", "nobody")), html.escape(host))


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path != "/":
            self.send_error(404)
            return
        build = json.loads((pathlib.Path(__file__).parent / "build.json").read_text())
        body = page(build, os.environ.get("HOST_NAME", "this host")).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    address = ("127.0.0.1", int(os.environ["PORT"]))
    http.server.ThreadingHTTPServer(address, Handler).serve_forever()
