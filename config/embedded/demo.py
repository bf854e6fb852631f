"""`bin/demo`: all of Souqna on one machine, from nothing to "ready", and an orderly end."""

import http.client
import os
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress

import redis

from config.embedded import ports
from config.embedded.environment import with_variables
from config.embedded.errors import (
    EmbeddedError,
    PortInUseError,
    ServerFailedError,
    StateInUseError,
)
from config.embedded.options import Options, parse
from config.embedded.output import Output
from config.embedded.report import read_demo, remove_report, table, write_report
from config.embedded.reset import reset
from config.embedded.servers import Servers, running
from config.embedded.state import ROOT, State, open_state, state_folder
from config.embedded.steps import manage, wait_for
from config.embedded.supervisor import Program, Supervisor

READY_SECONDS = 120.0
_REVIVE_EVERY = 1.0  # seconds
_WORKER_READY = re.compile(r"@\S+ ready\.")
# Celery scolds root in five lines; it means pickled messages, which nobody here accepts.
_QUIET = ("-W", "ignore:You're running the worker") if os.geteuid() == 0 else ()
_STEPS: Sequence[tuple[str, Sequence[Sequence[str]]]] = (
    ("database roles", [["bootstrap_database"]]),
    ("translations and static files", [["compile_translations"], ["collectstatic", "--noinput"]]),
    ("tables", [["migrate_schemas"]]),
    ("demo tenants", [["seed_demo"]]),
)
_TOTAL = len(_STEPS) + 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo until SIGINT or SIGTERM; returns the exit status."""
    options = parse(arguments)
    stop = _stop_on_signals()
    try:
        with ExitStack() as stack:
            _run(options, stop, stack)
    except EmbeddedError as error:
        print(f"bin/demo: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


def _run(options: Options, stop: threading.Event, stack: ExitStack) -> None:
    sockets = _listen(options.port, stack)
    _require_owner()
    state = _claim_state(options, stack)
    stack.enter_context(with_variables(_defaults(options.port)))
    _say(f"[1/{_TOTAL}] database and queue … (state: {state.path})")
    servers = stack.enter_context(running(state.path))
    _require_answers()
    if servers.data_root != state.path:
        _say(f"      their data are in {servers.data_root}: their account can't enter the state")
    for number, (name, commands) in enumerate(_STEPS, start=2):
        if not stop.is_set():
            _say(f"[{number}/{_TOTAL}] {name} …")
        for command in commands:
            if not stop.is_set():
                manage(command, stop=stop)
    if not stop.is_set():
        _say(f"[{_TOTAL}/{_TOTAL}] web, stream, worker, beat …")
        _serve(options, servers, sockets, stop)


def _require_answers() -> None:
    """Raise ServerFailedError if a Valkey that the environment names doesn't answer."""
    for name in ("REDIS_URL", "CACHE_URL"):
        client = redis.Redis.from_url(os.environ[name], socket_connect_timeout=3, socket_timeout=3)
        try:
            client.ping()
        except redis.RedisError as error:
            raise ServerFailedError(f"{name} doesn't answer: {error}") from error
        finally:
            client.close()


def _claim_state(options: Options, stack: ExitStack) -> State:
    """The state, for this demo alone until the end of `stack`; emptied when that is asked."""
    state = open_state(state_folder())
    if not stack.enter_context(state.demo()).try_alone():
        raise StateInUseError(f"a demo already runs on the state {state.path}")
    if options.reset:
        for folder in reset(state):
            _say(f"removed {folder}")
    return state


def _serve(
    options: Options, servers: Servers, sockets: Sequence[socket.socket], stop: threading.Event
) -> None:
    """Run the programs until `stop`, saying so when all are ready."""
    output = Output()
    worker = threading.Event()

    def on_line(name: str, line: str) -> None:
        if name == "worker" and _WORKER_READY.search(line):
            worker.set()

    supervisor = Supervisor(_programs(sockets), output=output, on_line=on_line)
    tick = _reviver(servers, output)
    ready = wait_for(lambda: worker.is_set() and _answers(options.port), seconds=READY_SECONDS)
    try:
        supervisor.watch(until=lambda: stop.is_set() or ready(), tick=tick)
        if not stop.is_set():
            _announce(options.port, servers.state, output)
            supervisor.watch(until=stop.is_set, tick=tick)
    finally:
        remove_report(servers.state)
        output.say("Stopping …")
        supervisor.shut_down()
        output.close()


def _programs(sockets: Sequence[socket.socket]) -> list[Program]:
    descriptors = [one.fileno() for one in sockets]
    binds = [part for number in descriptors for part in ("--bind", f"fd://{number}")]
    gunicorn = ["gunicorn", "--config", "config/gunicorn.py", *binds, "config.wsgi:application"]
    port = str(ports.free_port())
    uvicorn = ["uvicorn", "--host", "127.0.0.1", "--port", port, "config.asgi:application"]
    celery = ["celery", "--quiet", "-A", "config"]
    quick = ["--without-gossip", "--without-mingle"]
    worker = [*celery, "worker", "--loglevel", "INFO", "--concurrency", "2", *quick]
    beat = [*celery, "beat", "--loglevel", "INFO", "--pidfile="]
    return [
        _program("web", gunicorn, descriptors),
        _program("stream", uvicorn),
        _program("worker", worker),
        _program("beat", beat),
    ]


def _program(name: str, module: Sequence[str], descriptors: Sequence[int] = ()) -> Program:
    command = [sys.executable, *_QUIET, "-m", *module]
    return Program(name, command, folder=ROOT, descriptors=descriptors)


def _announce(port: int, state: State, output: Output) -> None:
    demo = read_demo(port)
    write_report(state, demo)
    output.say(f"{table(demo)}\nSouqna is ready. Press Ctrl-C to stop.")


def _reviver(servers: Servers, output: Output) -> Callable[[], None]:
    """A tick that brings back a database or queue that was killed."""
    looked = time.monotonic()

    def tick() -> None:
        nonlocal looked
        if time.monotonic() - looked < _REVIVE_EVERY:
            return
        for name in servers.revive():
            output.say(f"{name} had ended: started again")
        looked = time.monotonic()

    return tick


def _listen(port: int, stack: ExitStack) -> list[socket.socket]:
    """The sockets of the web server, listening from now on: nobody else can take the port.

    Raises PortInUseError.
    """
    hosts = ["127.0.0.1", "::1"] if ports.has_ipv6_loopback() else ["127.0.0.1"]
    try:
        return [stack.enter_context(ports.listening_socket(port, host)) for host in hosts]
    except PermissionError as error:
        raise PortInUseError(f"port {port} is not ours to use: {error.strerror}") from error
    except OSError as error:
        raise PortInUseError(f"port {port} is in use: choose another with --port") from error


def _require_owner() -> None:
    if os.environ.get("DATABASE_URL") and not os.environ.get("DATABASE_OWNER_URL"):
        raise EmbeddedError("DATABASE_URL is set without DATABASE_OWNER_URL: set both or none")


def _defaults(port: int) -> dict[str, str]:
    """The environment of every program of the demo; the caller's own choices win."""
    defaults = {"SOUQNA_SCHEME": "http", "SOUQNA_DOMAIN": "localhost"}
    kept = {name: os.environ.get(name) or value for name, value in defaults.items()}
    fixed = {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "SOUQNA_PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }
    return kept | fixed


def _answers(port: int) -> bool:
    """Whether /readyz says that all is ready."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/readyz", headers={"Host": "localhost"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop_on_signals() -> threading.Event:
    """An event that SIGINT, SIGTERM and SIGHUP set.

    Nothing is raised: an exception out of a handler could strike inside the orderly end itself.
    """
    stop = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in signals:
        signal.signal(number, lambda *_: stop.set())
    # bin/demo kept them waiting until somebody would listen.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
    return stop


def _say(text: str) -> None:
    """A line of progress, before the programs run; `bin/demo | head` mustn't end the demo."""
    with suppress(OSError):
        os.write(1, f"{text}\n".encode())


if __name__ == "__main__":
    sys.exit(main())
