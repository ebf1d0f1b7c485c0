"""The login by OpenID Connect authorization code, and the tokens that clients without a browser bring."""
