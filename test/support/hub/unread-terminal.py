"""Runs a program on a terminal that is full and that nobody reads, and ends as it does. SIGTERM is passed on."""
import fcntl
import os
import pty
import signal
import sys

child, _ = pty.fork()
if child == 0:
    flags = fcntl.fcntl(1, fcntl.F_GETFL)
    fcntl.fcntl(1, fcntl.F_SETFL, flags | os.O_NONBLOCK)
    try:
        while True:
            os.write(1, b"x" * 64)
    except BlockingIOError:
        pass
    fcntl.fcntl(1, fcntl.F_SETFL, flags)
    os.execvp(sys.argv[1], sys.argv[1:])
signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
