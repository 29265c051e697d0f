"""A whole hotline session through stock grpcio: two officers' certificates, our protos, and nothing else of ours.

session.py PROTOS DESK ADDRESS DESK ADDRESS: the first officer opens, the second accepts; they talk, read, translate,
and both close. Prints one object: what each end's node gave as the transcript.

Never here: a wait by the clock. What comes to the other end is waited for on its streams.
"""

import hashlib
import json
import os
import queue
import sys
import tempfile
import time
from pathlib import Path

import grpc
from grpc_tools import protoc

# The one name in every node's certificate, whatever its address.
NODE_NAME = "node.detente.internal"
# Seconds. Only a failure takes so long.
PATIENCE = 60


def compile_protos(protos, out):
    files = [str(path) for path in sorted(Path(protos).rglob("*.proto"))]
    failed = protoc.main(["protoc", f"-I{protos}", f"--python_out={out}", f"--grpc_python_out={out}", *files])
    assert not failed, "the protos do not compile"
    sys.path.insert(0, str(out))


def channel(desk, address, with_certificate=True):
    desk = Path(desk)
    own = {}
    if with_certificate:
        own["private_key"] = (desk / "person.key").read_bytes()
        own["certificate_chain"] = (desk / "person.crt").read_bytes()
    credentials = grpc.ssl_channel_credentials(root_certificates=(desk / "ca.crt").read_bytes(), **own)
    return grpc.secure_channel(address, credentials, options=[("grpc.ssl_target_name_override", NODE_NAME)])


class Officer:
    """An officer at a node: calls, a console's stream, and the watch's."""

    def __init__(self, desk, address):
        over = channel(desk, address)
        self.hotline = hotline_grpc.HotlineServiceStub(over)
        self.said = queue.Queue()
        self.told = self.hotline.Join(iter(self.said.get, None), timeout=PATIENCE)
        self.say(begin=hotline.JoinBegin(after=0))
        self.came = watch_grpc.WatchServiceStub(over).Follow(watch.FollowRequest(), timeout=PATIENCE)
        self.until(lambda told: told.WhichOneof("what") == "live")

    def call(self, method, **asked):
        """A command, by a call of its own."""
        asked = getattr(hotline, f"{method}Request")(command=command(), **asked)
        return getattr(self.hotline, method)(asked, timeout=PATIENCE)

    def speak(self, method, **asked):
        spoken = self.call(method, **asked).spoken
        assert spoken.released, f"{method}: {spoken}"
        return spoken

    def say(self, **what):
        """Over the stream."""
        self.said.put(hotline.JoinRequest(**what))

    def until(self, holds):
        """What the console is told, up to the first of which this holds."""
        return next(told for told in self.told if holds(told))

    def line(self, digest):
        return self.until(lambda told: told.line.digest == digest).line

    def changed(self, digest, holds):
        return self.until(lambda told: told.changed.digest == digest and holds(told.changed)).changed

    def receives(self, digest):
        return next(notice for notice in self.came if notice.digest == digest)

    def show(self, thread):
        return self.hotline.ShowSession(hotline.ShowSessionRequest(thread=thread), timeout=PATIENCE)

    def transcript(self, thread):
        return self.hotline.Transcript(hotline.TranscriptRequest(thread=thread), timeout=PATIENCE)

    def goes(self):
        self.said.put(None)
        self.told.cancel()
        self.came.cancel()


def command():
    return commands.CommandHeader(id=os.urandom(16), at_ms=time.time_ns() // 1_000_000)


def is_refused(code, calling):
    try:
        calling()
    except grpc.RpcError as fault:
        assert fault.code() == code, fault
    else:
        raise AssertionError(f"it was taken, and should be refused: {code}")


def session(first_desk, first_address, second_desk, second_address):
    nobody = hotline_grpc.HotlineServiceStub(channel(first_desk, first_address, with_certificate=False))
    asked = hotline.ListSessionsRequest()
    is_refused(grpc.StatusCode.UNAVAILABLE, lambda: nobody.ListSessions(asked, timeout=PATIENCE))

    first, second = Officer(first_desk, first_address), Officer(second_desk, second_address)
    opened = first.speak(
        "OpenSession",
        to=[messages.Addressee(party="PL")],
        subject="Aircraft off course",
        languages=["en", "ru"],
        precedence=messages.PRECEDENCE_FLASH,
        traffic=messages.TRAFFIC_REAL,
    )
    came = second.until(lambda told: told.line.digest == opened.message_digest)
    session = {"thread": came.thread, "opening": second.show(came.thread).session.opening}
    assert session == {"thread": opened.thread, "opening": opened.message_digest}
    accepted = second.speak("AcceptSession", **session)
    first.line(accepted.message_digest)

    # Each state of a text by itself, over the writer's stream.
    text = first.speak("Say", text="One of our aircraft has left its course.", **session).message_digest
    assert second.line(text).text == "One of our aircraft has left its course."
    first.changed(text, lambda line: line.states[0].on_record_ms)
    second.say(shown=text)
    first.changed(text, lambda line: line.states[0].shown_to == "Officer of PL")
    second.call("ReadText", digest=text)
    first.changed(text, lambda line: line.states[0].read_by == "Officer of PL")
    russian = "Один из наших самолётов отклонился от курса."
    second.speak("TranslateText", text=text, language="ru", translation=russian, opening=session["opening"])
    first.changed(text, lambda line: [one.text for one in line.translations] == [russian])
    # What a console says over its stream is answered there.
    answer = hotline.SayRequest(command=command(), text="We see it.", answers=text, **session)
    second.say(say=answer)
    answered = second.until(lambda told: told.answer.command == answer.command.id).answer.spoken
    assert answered.released, answered
    assert first.line(answered.message_digest).answers == text

    # What can't be done is refused with a code that any client knows, and changes nothing.
    other = {"thread": session["thread"], "opening": bytes(32)}
    is_refused(grpc.StatusCode.INVALID_ARGUMENT, lambda: first.call("Say", text="No", **other))
    is_refused(grpc.StatusCode.NOT_FOUND, lambda: first.show(bytes(16)))

    closes = (first.speak("CloseSession", **session), second.speak("CloseSession", **session))
    second.receives(closes[0].message_digest)
    first.receives(closes[1].message_digest)
    ends = []
    for officer in (first, second):
        shown, transcript = officer.show(session["thread"]), officer.transcript(session["thread"])
        assert hashlib.sha256(transcript.transcript).digest() == transcript.digest
        ends.append(
            {
                "state": shown.session.state,
                "agreed": [one.agreed.hex() for one in shown.closed],
                "lines": [line.digest.hex() for line in shown.lines],
                "transcript": transcript.transcript.decode("ascii"),
                "digest": transcript.digest.hex(),
            }
        )
        officer.goes()
    return {"thread": session["thread"].hex(), "ends": ends}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as stubs:
        compile_protos(sys.argv[1], stubs)
        from detente.evidence.v1 import message_pb2 as messages
        from detente.v1 import command_pb2 as commands
        from detente.v1 import hotline_pb2 as hotline
        from detente.v1 import hotline_pb2_grpc as hotline_grpc
        from detente.v1 import watch_pb2 as watch
        from detente.v1 import watch_pb2_grpc as watch_grpc

        print(json.dumps(session(*sys.argv[2:6])))
