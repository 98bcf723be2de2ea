"""Compares config/rules.schema.json with what the code's tables say, and holds rules files against it.

rules_schema.py PROGRAM RULES.schema.json SOURCE            compares and holds; the latter needs python3-jsonschema and python3-yaml
rules_schema.py --write PROGRAM RULES.schema.json           writes the schema
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
timezone: Europe/Kyiv
holidays: {12-25: closed, 2026-08-24: ["10:00-14:00", "15:00-16:00"]}
skills: [billing, lang.uk, lang.en]
not_ready: [lunch]
dispositions: [solved]
ring_no_answer: {after: 3, then: not_ready, for: 5m}
switches: [outage_north]
notices: [outage]
blocked: ["+3805*", 42]
tiers: {gold: {head_start: 30s}, standard: {}}
bid: {match_worth: 240s, lend_worth: 0, fairness: 0.15, second_promise: off, overtaking: true}
channels: {chat: {unit: 33, cap: 3, interruptible: false}}
reserve: {billing: {keep: 2, until: 1m}}
customer: {key: [data.contract, from], keep: 90d, read: 0}
queues:
  support:
    promise: {answer_within: 20s, target: 80%, gold: 10s, email: 4h}
    forecast: {per_hour: 120, handle: 5m}
    need: {billing: {min: 5, weight: 2}, lang.$data.lang: {else: lang.uk}, lang.$customer.lang: {}}
    relax: [{after: 20s, billing: {min: 3}}, {after: 1m, billing: {min: 0}, lang.$data.lang: {min: 0}}]
    last_agent: {worth: 30s, within: 7d, wait: {email: 1h}}
    ring: 15s
    ring_no_answer: {then: next}
    wrap_up: {time: 30s, extend: 2, by: 20s, disposition: required}
    repeat: 3d
    hours: {mon-fri: "08:00-20:00", sat: ["10:00-12:00", "13:00-16:00"]}
    closed: {then: callback, notice: outage}
    overflow: {after: 5m, to: other}
    announce: 30s
    limit: {waiting: 200, then: other}
  other: {like: support, wrap_up: 0, hours: always, holidays: false}
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
    (["queues", "support", "relax", 0], {"internet": {"min": 3}}),
    (["queues", "support", "relax", 0, "billing"], 3),
    (["queues", "support", "relax", 0, "billing"], {"min": 11}),
    (["queues", "support", "wrap_up"], 30),
    (["queues", "support", "wrap_up", "disposition"], "maybe"),
    (["queues", "support", "hours", "sat"], {"from": "10:00"}),
    (["queues", "support", "overflow"], {"after": "5m"}),
    (["customer", "key"], "from"),
    (["reserve", "billing"], {}),
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


def pretty(schema):
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


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
    maxDiff = None
    told = {}
    path = ""
    source = ""

    def test_file_equals_the_tables_of_the_code(self):
        with open(self.path, encoding="utf-8") as file:
            self.assertEqual(file.read(), pretty(self.told), f"run rules_schema.py --write; {self.path}")

    def problems_of(self, rules):
        return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
                for error in jsonschema.Draft7Validator(self.told).iter_errors(rules)]

    @unittest.skipIf(jsonschema is None, "python3-jsonschema or python3-yaml is missing")
    def test_schema_itself_is_sound(self):
        jsonschema.Draft7Validator.check_schema(self.told)

    @unittest.skipIf(jsonschema is None, "python3-jsonschema or python3-yaml is missing")
    def test_rules_that_ship_fit(self):
        paths = [path for pattern in ("config/**/rules.yaml", "config/examples/*.yaml", "tests/scenario/rules/*.yaml")
                 for path in glob.glob(os.path.join(self.source, pattern), recursive=True) if not path.endswith("traffic.yaml")]
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
    arguments = sys.argv[1:]
    is_writing = arguments[0] == "--write"
    program, Schema.path = arguments[1:] if is_writing else arguments[:2]
    line = subprocess.run([program, "rules-schema"], check=True, capture_output=True, text=True).stdout
    Schema.told = json.loads(line)
    if not is_writing:
        Schema.source = arguments[2]
        unittest.main(argv=sys.argv[:1])
    with open(Schema.path, "w", encoding="utf-8") as file:
        file.write(pretty(Schema.told))


main()
