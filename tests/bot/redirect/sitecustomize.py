"""Send what a bot process under test says to Discord's hosts to the stand-in on loopback.

Python imports this by itself when its folder is on PYTHONPATH. It does nothing unless
DISCORD_STAND_IN names a port and the process is the bot; the bot's code is not changed.
"""

import os
import sys

if os.environ.get("DISCORD_STAND_IN") and any(a in ("bot", "bot.__main__") for a in sys.orig_argv):
    import aiohttp
    from yarl import URL

    _port = int(os.environ["DISCORD_STAND_IN"])
    _request = aiohttp.ClientSession._request
    _hosts = ("discord.com", "discord.gg", "discordapp.com", "discordapp.net", "discord.media")

    async def _redirected(self, method, url, **kwargs):
        target = URL(url) if isinstance(url, str) else url
        host = target.host or ""
        if any(host == name or host.endswith("." + name) for name in _hosts):
            kwargs.setdefault("headers", {})
            headers = dict(kwargs["headers"] or {})
            headers["X-Discord-Host"] = host
            kwargs["headers"] = headers
            scheme = "ws" if target.scheme in ("ws", "wss") else "http"
            target = target.with_scheme(scheme).with_host("127.0.0.1").with_port(_port)
            # a gateway has its path at the root; the stand-in serves it beside the REST paths
            if scheme == "ws":
                target = target.with_path("/gateway-socket").with_query(URL(url).query)
        elif host != "127.0.0.1":
            raise OSError(f"the bot tried to reach {host}")
        return await _request(self, method, target, **kwargs)

    aiohttp.ClientSession._request = _redirected

    if os.environ.get("EVENT_LOOP_PROBE"):
        import asyncio
        import json
        import time

        _run = asyncio.run

        async def _probed(work):
            late = []

            async def probe():
                while True:
                    started = time.perf_counter()
                    await asyncio.sleep(0.01)
                    late.append(time.perf_counter() - started - 0.01)
                    if len(late) % 100 == 0:
                        with open(os.environ["EVENT_LOOP_PROBE"], "w") as file:
                            json.dump(late, file)

            task = asyncio.create_task(probe())
            try:
                return await work
            finally:
                task.cancel()

        asyncio.run = lambda work, **more: _run(_probed(work), **more)
