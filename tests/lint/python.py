"""Every Python file compiles, without a warning. Nothing is written."""
import sys
import warnings

from files import is_python, list_files, read


def main():
    warnings.simplefilter("error")
    problems = []
    for name in list_files():
        if not is_python(name):
            continue
        try:
            compile(read(name), name, "exec")
        except (SyntaxError, Warning) as error:
            problems.append(f"{name}: {error}")
    print("\n".join(problems))
    return 1 if problems else 0


sys.exit(main())
