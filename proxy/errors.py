"""What can go wrong when a proxy is described or run; each message names the next step."""


class ProxyError(Exception):
    """The harness could not set a proxy up: never a judgement about the proxy."""


class UnknownProxy(ProxyError):
    """No definition has this name."""


class TemplateError(ProxyError):
    """A configuration template and its values, or a fault, do not fit each other."""


class OwnConfiguration(ProxyError):
    """A user's own configuration cannot be taken as it was given."""


class RuntimeUnavailable(ProxyError):
    """The machine cannot run programs in the way that was asked for."""


class ProgramMissing(ProxyError):
    """The binary of a product is not on this machine."""


class ImageUnavailable(ProxyError):
    """A container image cannot be built or fetched."""


class StartFailed(ProxyError):
    """A program was started and did not come to answer requests."""


class PortTaken(StartFailed):
    """Another program holds the port."""
