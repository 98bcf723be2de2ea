"""Writes a man page from Markdown: man.py PAGE.md TABLES VERSION OUT

PAGE.md begins with `# NAME(SECTION) DATE`. A line `<!-- from: NAME -->` is replaced with what the program TABLES prints for
NAME, and `<!-- file: PATH -->` with the file at PATH, beside PAGE.md. Of Markdown it knows what these pages use: headings, paragraphs, lists,
definitions (`term`, then `:   text`), fences, tables, `code`, **bold**, *italic* and links. A table becomes a list of its first
column's cells, since a terminal of 80 columns is too narrow for it.
"""
import os
import re
import subprocess
import sys

CODE_COLUMNS = 72   # wider lines of JSON and comments are folded
BREAK = "\\:"       # a line may be broken here
LINE = 78           # of the page's source


def escape(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return text.replace("^", "\\(ha").replace("~", "\\(ti")


def plain(text):
    return text.replace("\\", "\\e").replace("`", "\\(ga").replace("^", "\\(ha").replace("~", "\\(ti")


INLINE = re.compile(r"``(?P<wide>.+?)``|`(?P<code>[^`]+)`|\*\*(?P<bold>[^*]+)\*\*|"
                    r"\*(?P<italic>(?:[^*`\s]|`[^`]+`)(?:[^*`]|`[^`]+`)*)\*|"
                    r"\[(?P<text>[^\]]+)\]\((?P<link>[^)]+)\)|\\(?P<mark>[|*_<>`])")


def italic(text):
    """Code in it is bold, as elsewhere."""
    parts = re.split(r"`([^`]+)`", text)
    return "".join(f"\\f{'BI'[number % 2 == 0]}{escape(part)}" for number, part in enumerate(parts) if part) + "\\fR"


def inline(text):
    """The text with fonts in place of Markdown's marks."""
    out, at = "", 0
    for found in INLINE.finditer(text):
        out += plain(text[at:found.start()])
        at = found.end()
        code = found["wide"] or found["code"]
        if code:
            out += f"\\fB{escape(code.strip()).replace(',', ',' + BREAK)}\\fR"
        elif found["bold"]:
            out += f"\\fB{escape(found['bold'])}\\fR"
        elif found["italic"]:
            out += italic(found["italic"])
        elif found["text"]:
            out += inline(found["text"])
        else:
            out += found["mark"]
    return out + plain(text[at:])


def guard(line):
    return "\\&" + line if line.startswith((".", "'")) else line


def fill(text):
    """Lines of the page's source, broken at spaces."""
    lines, line = [], ""
    for word in inline(text).split():
        if line and len(line) + 1 + len(word) > LINE:
            lines.append(guard(line))
            line = word
        else:
            line = f"{line} {word}" if line else word
    return lines + [guard(line)] if line else lines


def sentence(text):
    """With a capital at its beginning and a full stop at its end."""
    text = text[0].upper() + text[1:] if not text.startswith("usher") else text
    return text if text.endswith((".", "!", "?")) else text + "."


def fold(line):
    """A long line in several: a comment behind it comes before it, and the rest is cut behind a comma or a space, further lines indented."""
    if len(line) <= CODE_COLUMNS or line[0].isalpha() or "─" in line:
        return [line]  # a shell's lines and drawings stay whole
    folded, indent = [], "      "
    comment = re.fullmatch(r"(.*?\S) +(# .*)", line)
    if comment:
        return fold(comment[2]) + fold(comment[1])
    while len(line) > CODE_COLUMNS:
        cut = max(line.rfind(mark, 20, CODE_COLUMNS) for mark in (",", " "))
        if cut < 0:
            break
        folded.append(line[:cut + 1].rstrip())
        line = indent + line[cut + 1:].lstrip()
    return folded + [line]


def code_block(lines, is_shell):
    """As it stands; of a shell's lines the commands are bold, and the comments are not."""
    parts = [guard(escape(part)) for line in lines for part in fold(line)]
    if is_shell:
        parts = [part if part.startswith("#") else f"\\fB{part}\\fR" for part in parts]
    return [".nf"] + parts + [".fi"]


def cells_of(line):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def table(lines):
    """Each row: its first cell, and below it the others with the columns' titles."""
    titles = cells_of(lines[0])
    out = []
    for line in lines[2:]:
        cells = cells_of(line)
        said = [(title, cell) for title, cell in zip(titles[1:], cells[1:]) if cell]
        said.sort(key=lambda pair: pair[0] != "what it says")
        out += [".TP", guard(inline(cells[0] or "—"))]
        for number, (title, cell) in enumerate(said):
            if number:
                out.append(".br")
            out += fill(cell if len(titles) == 2 or title == "what it says" else f"*{title}*: {cell}")
        if not said:
            out.append("\\&")
    return out


class Page:
    def __init__(self):
        self.out = []
        self.is_fresh = True   # behind a heading a paragraph needs no mark

    def paragraph(self, lines):
        if not self.is_fresh:
            self.out.append(".PP")
        for number, line in enumerate(" \n".join(lines).split("\\ \n")):
            if number:
                self.out.append(".br")
            self.out += fill(line.rstrip("\\"))
        self.is_fresh = False

    def block(self, lines):
        """A run of lines without an empty one."""
        first = lines[0]
        if first.startswith("## "):
            self.heading(".SH", first[3:].upper(), lines[1:])
        elif first.startswith("### "):
            self.heading(".SS", first[4:], lines[1:])
        elif first.startswith("# "):
            pass
        elif first.startswith("|"):
            self.out += table(lines)
            self.is_fresh = False
        elif re.match(r"(- |\d+\. )", first):
            self.list(lines)
        elif len(lines) > 1 and lines[1].startswith(":   "):
            # The term is one line of the source, however long it is.
            self.out += [".TP", guard(inline(first))] + fill(sentence(" ".join([lines[1][4:], *lines[2:]])))
            self.is_fresh = False
        elif first.startswith(":   "):
            raise SystemExit(f"man.py: a definition without its term: {first}")
        else:
            self.paragraph(lines)

    def heading(self, macro, text, rest):
        self.out.append(f"{macro} {plain(text.strip())}")
        self.is_fresh = True
        if rest:
            self.block(rest)

    def list(self, lines):
        items = []
        for line in lines:
            if re.match(r"(- |\d+\. )", line):
                items.append([line])
            else:
                items[-1].append(line.strip())
        for item in items:
            mark, text = re.match(r"(-|\d+\.) (.*)", " ".join(item)).groups()
            if text.startswith("[") and "](#" in text:
                continue  # a table of contents
            self.out += [".IP \\(bu 2" if mark == "-" else f".IP {mark} 4"] + fill(text)
            self.is_fresh = False

    def text(self, text):
        lines, code, is_shell, run = text.splitlines(), None, False, []
        for line in lines + [""]:
            if code is not None and line.startswith("```"):
                self.out += ([] if self.is_fresh else [".PP"]) + code_block(code, is_shell)
                self.is_fresh, code = False, None
            elif code is not None:
                code.append(line)
            elif line.startswith("```"):
                run = self.flush(run)
                code, is_shell = [], line == "```sh"
            elif line.strip() and not line.startswith("<!--"):
                if line.startswith("|") != bool(run and run[0].startswith("|")):
                    run = self.flush(run)
                run.append(line)
            elif not line.startswith("<!--"):
                run = self.flush(run)
        self.flush(run)

    def flush(self, run):
        if run:
            self.block(run)
        return []


def whole(path, tables):
    """The page with all that it takes from elsewhere."""
    with open(path, encoding="utf-8") as file:
        text = file.read()

    def take(found):
        if found[1] == "file":
            with open(os.path.join(os.path.dirname(path), found[2]), encoding="utf-8") as file:
                return file.read()
        return subprocess.run([tables, found[2]], check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8").stdout
    text = re.sub(r"^<!-- (from|file): (\S+) -->$", take, text, flags=re.M)
    # A definition follows its term at once, however the term came to stand.
    return re.sub(r"\n\n+:   ", "\n:   ", text)


def main():
    path, tables, version, out = sys.argv[1:]
    text = whole(path, tables)
    name, section, date = re.match(r"# (\S+)\((\d)\) (\S+)\n", text).groups()
    page = Page()
    page.text(text)
    head = [f'.\\" Written from {os.path.basename(path)} and the programs\' tables.',
            f'.TH "{name.upper()}" "{section}" "{date}" "Usher {version}" "Usher"',
            ".nh", ".ad l", ".ss 12 0"]
    with open(out, "w", encoding="utf-8") as file:
        file.write("\n".join(head + page.out) + "\n")


main()
