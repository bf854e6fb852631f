"""`python -m tests.bench.worker MODULE`: one side, in a process and with settings of its own.

Reads a call a line from stdin, `{"call": name, "arguments": {…}}`, and answers each with one line on
stdout, `{"result": …}` or `{"error": …}`. Whatever else the side prints goes to stderr.
"""

import json
import os
import sys
import traceback
from importlib import import_module

import django


def main(module_name: str) -> None:
    """Serve the functions of `tests.bench.{module_name}` until stdin ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    django.setup()
    module = import_module(f"tests.bench.{module_name}")
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer = {"result": getattr(module, order["call"])(**order["arguments"])}
        except Exception:
            answer = {"error": traceback.format_exc()}
        answers.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
