"""Plants a defect: copies a source and replaces text in the copy. Each text must be there exactly once, so that a plant which no
longer fits the source stops the build instead of proving nothing.

plant.py SOURCE COPY OLD NEW [OLD NEW]...
"""
import sys


def main():
    source, copy, *texts = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        text = file.read()
    for old, new in zip(texts[0::2], texts[1::2]):
        count = text.count(old)
        if count != 1:
            print(f"{source}: {count} places hold '{old}'; the planted defect must be written anew", file=sys.stderr)
            return 1
        text = text.replace(old, new)
    with open(copy, "w", encoding="utf-8") as file:
        file.write(text)
    return 0


sys.exit(main())
