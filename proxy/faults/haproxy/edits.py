"""The places of `haproxy.cfg.in` that faults edit."""

from proxy.faults.fault import FaultsOf

fault = FaultsOf("haproxy")

ONLY_WEBSOCKET = "http-request del-header Upgrade unless websocket"
UPGRADE = "    http-request set-header Upgrade websocket if websocket\n"
CONNECTION = "http-request set-header Connection upgrade if websocket "

IN_GLOBAL = "    lua-load "
IN_FRONTEND = "    # The question to the outpost: HEAD,"
IN_OUTPOST = "    server outpost "
IN_ORIGIN = "    # The session cookie stays outside:"
