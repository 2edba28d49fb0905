"""Generation: the front door (`engine.engine`), and the child process in which a model draws.

The front door and everything it imports know no torch; `engine.diffusers_runner` and what only it
imports do, and only the child process (`python -m engine`) imports that.
"""
