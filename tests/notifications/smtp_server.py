"""A mail server of the test's own: it speaks just enough SMTP (RFC 5321) to be told mails."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Mail:
    """One mail as it was handed over."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)


@dataclass
class Server:
    """What came in, and how to behave: `answers` replaces the answer to a command, to `RCPT ADDRESS`
    for one recipient, and to the content's end (`.`)."""

    port: int
    mails: list[Mail] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


class _Handler(socketserver.StreamRequestHandler):
    state: Server

    def handle(self) -> None:
        self._say("220 test")
        sender, recipients = "", []
        while line := self.rfile.readline():
            command = line.decode().strip()
            verb = command.partition(" ")[0].upper()
            if verb == "MAIL":
                sender, recipients = _address(command), []
            elif verb == "RCPT":
                recipients.append(_address(command))
            elif verb == "DATA" and "DATA" not in self.state.answers:
                self._say("354 go on")
                content = self._content()
                if content is None:
                    return  # the client is gone half-way: nothing was handed over
                if "." not in self.state.answers:
                    self.state.mails.append(Mail(sender, recipients, content))
                verb = "."
            answer = self.state.answers.get(f"{verb} {_address(command)}")
            answer = answer or self.state.answers.get(verb)
            self._say(answer or ("221 bye" if verb == "QUIT" else "250 ok"))
            if verb == "QUIT":
                return

    def _content(self) -> bytes | None:
        lines = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return None

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


def _address(command: str) -> str:
    return command.partition("<")[2].partition(">")[0]


@contextmanager
def running() -> Iterator[Server]:
    """A server on a free port of this machine."""
    state = Server(0)
    handler = type("Handler", (_Handler,), {"state": state})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield state
        server.shutdown()
        thread.join(5)
