"""Work for a process of its own: nothing heavy is imported with it."""

import os
import signal


def halved(number):
    """Half of a number; the process dies over three."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number / 2
