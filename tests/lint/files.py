"""The files of the source tree, as git knows them; without git, all but build folders and hidden ones."""
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def list_files():
    """Paths relative to ROOT, sorted."""
    try:
        out = subprocess.run(
            ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, check=True, capture_output=True,
        ).stdout.decode()
        names = [name for name in out.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = []
        for folder, folders, files in os.walk(ROOT):
            folders[:] = [name for name in folders if not name.startswith((".", "build", "__pycache__"))]
            names += [os.path.relpath(os.path.join(folder, name), ROOT) for name in files]
    return sorted({name for name in names if os.path.isfile(os.path.join(ROOT, name))})


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8", errors="replace") as file:
        return file.read()


def first_line(name):
    with open(os.path.join(ROOT, name), "rb") as file:
        return file.readline(200).decode("utf-8", "replace")


def is_c(name):
    return name.endswith((".c", ".h"))


def is_python(name):
    return name.endswith(".py") or ("." not in os.path.basename(name) and "python" in first_line(name))


def is_shell(name):
    return name.endswith((".sh", ".bash")) or (
        "." not in os.path.basename(name) and first_line(name).startswith("#!") and "sh" in first_line(name).split("/")[-1]
    )
