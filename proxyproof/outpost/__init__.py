"""An Authentik-style proxy outpost: decides who may pass and, in proxy mode, carries the stream."""
