"""A first client: a PBX and an agent's desk in one program, with what PROTOCOL.md says and nothing more.

    first_client.py SOCKET AGENT    (the agent is known by HSET usher:{site}:agent:AGENT phone sip:…)
"""
import json
import socket
import sys
import uuid

class Client:
    def __init__(self, path, **who):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(path)
        self.lines = self.socket.makefile(encoding="utf-8")
        self.tell("hello", **who)  # who we are comes first

    def tell(self, do, **fields):  # a command is one JSON object, one line; its id lets it be repeated safely
        self.socket.sendall(json.dumps({"id": uuid.uuid4().hex, "do": do, **fields}).encode() + b"\n")

    def wait(self, *names):
        """Reads up to one of these events. The answers on the way say ok, or what was wrong."""
        for line in self.lines:
            message = json.loads(line)
            if "error" in message:
                sys.exit(f"refused: {message['error']['message']}")
            if message.get("ev") in names:
                print(message["ev"], message.get("contact", ""), message.get("agent", ""))
                return message
        sys.exit("usherd closed the connection")


path, agent = sys.argv[1:]
pbx, desk = Client(path, role="pbx", client="first-pbx"), Client(path, role="desk", agent=agent)
pbx.wait("sync.wanted")
pbx.tell("sync.begin")  # we have just begun: no call is on our lines
pbx.tell("sync.end", count=0)
desk.tell("agent.ready")  # signs in, too
desk.wait("agent.ready")
pbx.tell("contact.arrive", contact=uuid.uuid4().hex, channel="voice", to="+380441234567", data={"city": "Kyiv"})
offered = pbx.wait("contact.offered")  # usherd has chosen: ring this phone, and say how it goes
call = {"contact": offered["contact"], "offer": offered["offer"]}
pbx.tell("contact.ring", **call)
pbx.tell("contact.answer", **call)
desk.wait("contact.answered")  # the agent's desk knew at once, context included
pbx.tell("contact.end", contact=call["contact"])
if desk.wait("contact.wrapping", "contact.done")["ev"] == "contact.wrapping":
    desk.tell("contact.wrap_up", contact=call["contact"], disposition="solved")
    desk.wait("contact.done")
desk.tell("agent.sign_out")  # the shift is over
