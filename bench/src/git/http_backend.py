"""Serves `git http-backend` under the working directory, on the port given: the least that CGI asks.

Python's own CGI server does not do: as root it starts scripts as nobody, whom git then refuses the repository,
and it hands over neither Git-Protocol nor Content-Encoding.
"""

import http.server
import os
import shutil
import subprocess
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.run_cgi(b"")

    def do_POST(self):
        self.run_cgi(self.rfile.read(int(self.headers["Content-Length"])))

    def run_cgi(self, body):
        path, _, query = self.path.partition("?")
        environment = dict(
            os.environ,
            GIT_PROJECT_ROOT=os.getcwd(),
            GIT_HTTP_EXPORT_ALL="1",
            REQUEST_METHOD=self.command,
            PATH_INFO=path,
            QUERY_STRING=query,
            CONTENT_TYPE=self.headers.get("Content-Type", ""),
            CONTENT_LENGTH=str(len(body)),
            HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""),
            GIT_PROTOCOL=self.headers.get("Git-Protocol", ""),
        )
        child = subprocess.Popen(
            ["git", "http-backend"], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        child.stdin.write(body)
        child.stdin.close()
        status, headers = "200", []
        while line := child.stdout.readline().strip().decode():
            name, value = line.split(": ", 1)
            if name == "Status":
                status = value.split()[0]
            else:
                headers.append((name, value))
        self.send_response(int(status))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        shutil.copyfileobj(child.stdout, self.wfile, 1 << 20)
        child.wait()


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
