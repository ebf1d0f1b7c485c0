"""An Authentik-style proxy outpost: it decides who may pass and, in proxy mode, carries the stream."""
