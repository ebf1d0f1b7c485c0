"""The login by OpenID Connect authorization code, and tokens of clients without a browser."""
