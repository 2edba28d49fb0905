"""Where the payment page sends the payer back to."""

from aiohttp import web

from web.keys import SERVICES

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Back to the chat</title>
<style>
  :root {{ color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif; }}
  main {{ max-width: 26rem; margin: 18vh auto; padding: 0 1.5rem; text-align: center; }}
</style>
<main>
  <h1>{title}</h1>
  <p>{words}</p>
</main>
</html>
"""


async def returned(request: web.Request) -> web.Response:
    """Thank the payer; the visit is a reason to ask the gateway, never a proof of payment."""
    payments = request.app[SERVICES].payments
    if payments is not None:
        await payments.returned(dict(request.query))
    page = PAGE.format(
        title="Thank you",
        words="We are confirming your payment with the bank. "
        "Please return to the chat; your hour appears there.",
    )
    return web.Response(text=page, content_type="text/html")
