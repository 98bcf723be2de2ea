"""Holds rules files against the JSON Schema that the code's tables say: rules_schema.py PROGRAM SOURCE

It needs python3-jsonschema and python3-yaml; without them nothing is held.
"""
import copy
import glob
import json
import os
import re
import subprocess
import sys
import unittest

try:
    import jsonschema
    import yaml
except ImportError:
    jsonschema = None

# A rules file with each kind of value, and edits that make it wrong: the path to a value, and what is put there.
RIGHT = """
skills: [billing, lang.uk, lang.en]
switches: [outage_north]
notices: [outage]
tiers: {gold: {head_start: 30s}, standard: {}}
bid: {match_worth: 240s, lend_worth: 0, fairness: 0.15, second_promise: off, overtaking: true}
channels: {chat: {unit: 33, cap: 3, interruptible: false}}
queues:
  support:
    promise: {answer_within: 20s, target: 80%, gold: 10s, email: 4h}
    forecast: {per_hour: 120, handle: 5m}
    need: {billing: {min: 5, weight: 2}, lang.$data.lang: {else: lang.uk}, lang.$customer.lang: {}}
    ring: 15s
    wrap_up: 0
    limit: {waiting: 200}
  other: {like: support}
routes:
  - when: {channel: [voice, chat], dialled: +380441234567, data.vip: true, not: {customer.tier: [gold, 7], repeat: true}}
    queue: support
    tier: gold
  - when: {switch: outage_north}
    queue: other
    notice: outage
  - queue: other
"""
WRONG = [
    (["skils"], []),
    (["skills"], "billing"),
    (["skills", 0], "my billing"),
    (["tiers", "gold"], None),
    (["tiers", "gold", "head_start"], 30),
    (["tiers", "gold", "head_start"], "30 s"),
    (["bid", "fairness"], 1.5),
    (["bid", "fairness"], "much"),
    (["bid", "second_promise"], 0),
    (["bid", "second_promise"], "never"),
    (["bid", "overtaking"], "yes"),
    (["channels", "fax"], {}),
    (["channels", "chat", "unit"], 101),
    (["channels", "chat", "unit"], "33"),
    (["queues"], []),
    (["queues", "support", "promise", "target"], "101%"),
    (["queues", "support", "promise", "target"], 80),
    (["queues", "support", "promise", "gold"], 10),
    (["queues", "support", "promise", "answer_within"], 0),
    (["queues", "support", "forecast", "per_hour"], -1),
    (["queues", "support", "need", "billing"], 5),
    (["queues", "support", "need", "billing", "min"], 11),
    (["queues", "support", "need", "billing", "mni"], 3),
    (["queues", "support", "ring"], "-15s"),
    (["queues", "support", "limit", "waiting"], 0),
    (["routes"], {}),
    (["routes", 0, "when", "chanel"], "voice"),
    (["routes", 0, "when", "channel"], "fax"),
    (["routes", 0, "when", "dialled"], []),
    (["routes", 0, "when", "data.vip"], {"a": "b"}),
    (["routes", 0, "when", "not", "not"], {"channel": "voice"}),
    (["routes", 0, "when", "not", "repeat"], "often"),
    (["routes", 2], {"tier": "gold"}),
    (["routes", 2], "other"),
]


def loader():
    """YAML as editors and Usher read it: true and false are truths; off and yes are words."""
    class Loader(yaml.SafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {
        first: [(tag, form) for tag, form in found if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()}
    Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
    return Loader


def put(rules, path, value):
    place = rules
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value


class Schema(unittest.TestCase):
    told = {}
    source = ""

    def problems_of(self, rules):
        return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
                for error in jsonschema.Draft7Validator(self.told).iter_errors(rules)]

    @unittest.skipIf(jsonschema is None, "python3-jsonschema or python3-yaml is missing")
    def test_schema_itself_is_sound(self):
        jsonschema.Draft7Validator.check_schema(self.told)

    @unittest.skipIf(jsonschema is None, "python3-jsonschema or python3-yaml is missing")
    def test_rules_that_ship_fit(self):
        paths = [path for pattern in ("config/**/rules.yaml", "config/examples/*.yaml", "tests/scenario/rules/*.yaml")
                 for path in glob.glob(os.path.join(self.source, pattern), recursive=True)]
        self.assertGreater(len(paths), 2)
        for path in paths:
            with self.subTest(path=path), open(path, encoding="utf-8") as file:
                self.assertEqual(self.problems_of(yaml.load(file, loader())), [])

    @unittest.skipIf(jsonschema is None, "python3-jsonschema or python3-yaml is missing")
    def test_wrong_rules_do_not_fit(self):
        right = yaml.load(RIGHT, loader())
        self.assertEqual(self.problems_of(right), [])
        for path, value in WRONG:
            with self.subTest(path=path, value=value):
                wrong = copy.deepcopy(right)
                put(wrong, path, value)
                self.assertNotEqual(self.problems_of(wrong), [])


def main():
    program, Schema.source = sys.argv[1:]
    line = subprocess.run([program, "rules-schema"], check=True, capture_output=True, text=True).stdout
    Schema.told = json.loads(line)
    unittest.main(argv=sys.argv[:1])


main()
