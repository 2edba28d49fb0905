"""`python -m engine FD`: the process that draws.  `engine.child` starts it; people do not."""

import socket
import sys

from engine.worker import serve

if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
