"""Discord in a web application: `setup(app, world, public_url)`."""

from aiohttp import web

from sandbox.discord import control, server, watching
from sandbox.discord.world import Discord
from sandbox.world import World


def setup(app: web.Application, world: World, *, public_url: str) -> Discord:
    """Add Discord's REST API, gateway, files and control plane to an application."""
    discord = Discord(world, public_url=public_url)
    gateway = server.setup(app, discord)
    control.setup(app, discord, gateway)
    watching.setup(app, discord)
    return discord
