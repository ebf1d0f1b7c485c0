"""An answer that wants a login: whether one was expected, and whether a stream client can go."""

from proxyproof.doctor.answers import Answer
from proxyproof.doctor.application import Application
from proxyproof.doctor.findings import Diagnosis, Level, Part

CREDENTIALS = frozenset({"cookie", "authorization"})
REDIRECTED = {
    Part.WEBSOCKET: "no WebSocket client follows a redirect; 401 would tell it to log in",
    Part.SSE: "a redirect tells an EventSource nothing; 401 would",
}


def judge_login(app: Application, diagnosis: Diagnosis, part: Part, answer: Answer) -> None:
    """Judge an answer that wants a login, to a handshake or to a request for events."""
    if any(name.lower() in CREDENTIALS for name, _ in app.fields):
        says = f"{answer.summary}, in spite of the credentials given"
        diagnosis.add(part, "answer", Level.BAD, says, "session")
    else:
        says = f"{answer.summary}: wants a login"
        diagnosis.add(part, "answer", Level.UNSEEN, says, "login")
    if answer.is_redirect:
        diagnosis.add(part, "refusal", Level.LOOK, REDIRECTED[part], "redirected")
