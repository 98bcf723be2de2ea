"""Proves the layers: by what each file includes, and by what each archive of libusher leaves undefined.

layers.py includes
layers.py symbols FOLDER   with a plain release build in FOLDER
"""
import os
import re
import subprocess
import sys

from files import is_c, list_files, read

# From the lowest up; a room may use itself and those before it.
ROOMS = ["base", "model", "wire", "rules", "routing", "engine", "report", "simulate"]

# What the core may ask of the C library: no clock, no file, no socket, no environment, no locale, no random numbers.
# bcmp is what clang makes of memcmp where only equality counts, and __popcountdi2 is how gcc counts the bits of a word.
SYMBOLS = set(
    "memcpy memmove memset memcmp bcmp memchr strlen strcmp strncmp strchr strcspn strrchr strstr "
    "malloc calloc realloc free qsort bsearch snprintf vsnprintf abort "
    "__assert_fail __popcountdi2 __stack_chk_fail _GLOBAL_OFFSET_TABLE_".split()
)
SYMBOL_PATTERNS = {"rules": re.compile(r"yaml_\w+$"), "report": re.compile("sqrt$"), "simulate": re.compile("(log|exp|sqrt|cos)$")}

HEADERS = set(
    "assert.h inttypes.h limits.h stdalign.h stdarg.h stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h".split()
)
HEADERS_OF_ROOM = {"rules": {"yaml.h"}, "report": {"math.h"}, "simulate": {"math.h"}}

# The daemon's rooms and the headers they may include beside lib's and their own. "" is the daemon's own folder, which joins the rooms.
DAEMON = {"": {"", "journal", "link"}, "journal": {""}, "link": {""}, "ctl": {""}, "manual": {"", "ctl"}}
# ctl is a client: it knows the wire, and nothing that usherd keeps; but it can put the journal right while usherd holds.
CTL_NEVER = {"router.h", "ring.h"}
# It reads the past, too, from Redis and from the archive's folder.
CTL_JOURNAL = {f"journal/{name}.h" for name in ("customer", "dial", "entry", "erasures", "folder", "foreign", "image", "keys", "reply")}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def lib_problem(room, is_system, target):
    if is_system:
        if target in HEADERS or target in HEADERS_OF_ROOM.get(room, ()):
            return None
        return "is no header of the pure core"
    first = target.split("/")[0]
    if "/" not in target or first not in ROOMS:
        return f"must be one of lib's rooms: {', '.join(ROOMS)}"
    if ROOMS.index(first) > ROOMS.index(room):
        return f"{room} stands below {first}"
    return None


def daemon_problem(room, target):
    first = target.split("/")[0] if "/" in target else ""
    if first in ROOMS or (room == "ctl" and target in CTL_JOURNAL):
        return None
    if first != room and first not in DAEMON[room]:
        return f"{room or 'the daemon'} does not know {first or 'the daemon'}"
    if room == "ctl" and target in CTL_NEVER:
        return "ctl is a client and knows only the wire"
    return None


def check_includes():
    problems = []
    for name in list_files():
        parts = name.split("/")
        if not is_c(name) or parts[0] not in ("lib", "daemon"):
            continue
        room = parts[1] if len(parts) > 2 else ""
        text = read(name)
        for found in INCLUDE.finditer(text):
            is_system, target = found[1] == "<", found[2]
            if parts[0] == "lib":
                why = lib_problem(room, is_system, target) if room in ROOMS else "lib has no such room"
            elif room not in DAEMON:
                why = "the daemon has no such room"
            else:
                why = None if is_system else daemon_problem(room, target)
            if why:
                line = text.count("\n", 0, found.start()) + 1
                problems.append(f"{name}:{line}: {target}: {why}")
    return problems


def symbols_of(archive, *flags):
    out = subprocess.run(["nm", "-A", "-P", *flags, archive], check=True, capture_output=True, text=True).stdout
    rows = []
    for line in out.splitlines():
        where, _, rest = line.partition(": ")
        member = re.search(r"\[(.*)\]", where)
        rows.append((rest.split()[0], member[1] if member else where))
    return rows


def check_symbols(folder):
    problems = []
    known = set()
    found_any = False
    for room in ROOMS:
        archive = os.path.join(folder, "lib", f"libusher_{room}.a")
        if not os.path.exists(archive):
            problems.append(f"{archive} is missing")
            continue
        known |= {symbol for symbol, _ in symbols_of(archive, "-g", "--defined-only")}
        for symbol, member in symbols_of(archive, "-u"):
            found_any = True
            plain = re.sub(r"^__(\w+)_chk$", r"\1", symbol)
            pattern = SYMBOL_PATTERNS.get(room)
            if plain in SYMBOLS or symbol in known or (pattern and pattern.match(symbol)):
                continue
            problems.append(f"lib/{room}: {os.path.basename(member)} uses {symbol}, which the core must not, or which stands in a higher room")
    if not found_any:
        problems.append(f"no symbols were read in {folder}")
    return problems


def main():
    problems = check_includes() if sys.argv[1] == "includes" else check_symbols(sys.argv[2])
    print("\n".join(problems))
    return 1 if problems else 0


sys.exit(main())
