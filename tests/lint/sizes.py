"""Counts lines: a file has 500 at most, a function 70. A file that begins with "/* Generated" counts none."""
import ast
import sys

from files import is_c, is_python, is_shell, list_files, read

FILE_MAX = 500
FUNCTION_MAX = 70


def blank(text):
    """The C text with comments, strings and characters blanked, lines kept."""
    out = []
    at, end = 0, len(text)
    while at < end:
        two = text[at:at + 2]
        if two == "/*":
            stop = text.find("*/", at + 2)
            stop = end if stop < 0 else stop + 2
            out.append("\n" * text.count("\n", at, stop) or " ")
            at = stop
        elif two == "//":
            stop = text.find("\n", at)
            at = end if stop < 0 else stop
        elif text[at] in "\"'":
            stop = at + 1
            while stop < end and text[stop] != text[at] and text[stop] != "\n":
                stop += 2 if text[stop] == "\\" else 1
            out.append("\n" * text.count("\n", at, stop + 1) or "_")
            at = stop + 1
        else:
            out.append(text[at])
            at += 1
    return "".join(out)


def c_functions(text):
    """(line, lines of the body) for each function: a block at the top that follows a closing parenthesis."""
    depth, start, last, line = 0, 0, "", 1
    is_body = False
    for letter in blank(text):
        if letter == "\n":
            line += 1
        elif letter == "{":
            if depth == 0:
                start, is_body = line, last == ")"
            depth += 1
        elif letter == "}":
            depth -= 1
            if depth == 0 and is_body:
                yield start, line - start + 1
        if not letter.isspace():
            last = letter


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno - node.lineno + 1


def main():
    problems = []
    for name in list_files():
        if not (is_c(name) or is_python(name) or is_shell(name)):
            continue
        text = read(name)
        if text.startswith("/* Generated"):
            continue
        lines = text.count("\n")
        if lines > FILE_MAX:
            problems.append(f"{name}: {lines} lines; {FILE_MAX} at most")
        functions = c_functions(text) if is_c(name) else python_functions(text) if is_python(name) else ()
        for line, count in functions:
            if count > FUNCTION_MAX:
                problems.append(f"{name}:{line}: a function of {count} lines; {FUNCTION_MAX} at most")
    print("\n".join(problems))
    return 1 if problems else 0


sys.exit(main())
