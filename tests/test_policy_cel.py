"""Expressions: our evaluator against the CEL library's own, and what the library has no word for."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from cel_expr_python import cel

from composeguard.compose.unresolved import MARK, Unresolved
from composeguard.model.ports import Port
from composeguard.model.service import Service
from composeguard.policy.cel.check import type_of
from composeguard.policy.cel.evaluate import Budget, Frame, Run, compiled, truth
from composeguard.policy.cel.parse import ExpressionError, parse
from composeguard.policy.cel.types import DYN, Record, Type
from composeguard.policy.cel.values import EvaluationError, UnknownError

DATA: dict[str, object] = {
    "n": 7,
    "zero": 0,
    "d": 2.5,
    "s": "hello",
    "empty": "",
    "t": True,
    "f": False,
    "none": None,
    "l": [1, 2, 3],
    "words": ["a", "bb", "ccc"],
    "m": {"a": 1, "b": {"c": "x"}, "k.e": None},
}
EXPRESSIONS = """
n == 7 && s == 'hello'
n / zero == 1 || t
t || n / zero == 1
f && n / zero == 1
n / zero == 1 && f
n / zero == 1 && t
n / 2
-n / 2
n % 3
-n % 3
n % zero
d * 2.0 + 0.5
d / 0.0
n + d
n < d
d >= 2
s + s
s + n
s < 'i'
s == n
n == 7.0
none == null
none != 1
none > 1
-n
-d
!t
!n
t ? s : n
n ? s : n
l + [4]
l == [1, 2, 3]
l == [1.0, 2.0, 3.0]
l[0]
l[3]
l[-1]
words[1]
m['a']
m['z']
m.b.c
m.z
m.a.c
has(m.a)
has(m.z)
has(m.b.c)
'a' in m
'z' in m
2 in l
'bb' in words
9 in l
size(l)
size(s)
s.size()
m.size()
size(none)
s.startsWith('he')
s.endsWith('lo')
s.contains('ell')
s.matches('^h.*o$')
s.matches('h$')
s.startsWith(none)
none.startsWith('a')
string(n)
string(t)
string(s)
int('12')
int('-12')
int('x')
int(d)
double('2.5')
double(n)
l.all(x, x > 0)
l.all(x, x > 1)
l.all(x, x > words[x])
l.exists(x, x == 3)
l.exists(x, x / zero == 1)
l.exists(x, x == 1 || x / zero == 1)
l.exists(x, x / (x - 1) == 2)
l.all(x, x / (x - 1) == 99)
l.exists_one(x, x > 2)
l.exists_one(x, x > 1)
l.map(x, x * 2)
l.filter(x, x > 1)
l.map(x, x > 1, string(x))
words.map(w, size(w)).filter(x, x > 1).size()
m.all(k, k != '')
m.exists(k, k == 'b')
none.all(x, x)
[1, 2].all(x, [3, 4].all(y, y > x))
{'a': n}['a']
{'a': 1} == {'a': 1}
[n, s][1]
9223372036854775807 + n
empty == ''
"""


def _ours(text: str, names: dict[str, object]) -> object:
    try:
        return compiled(parse(text))(Frame(names, Budget(10_000)))
    except EvaluationError:
        return "error"


def _theirs(text: str) -> object:
    environment = cel.NewEnv(variables=dict.fromkeys(DATA, cel.Type.DYN))
    value = environment.compile(text, True).eval(data=DATA)
    return "error" if value.type().name() == "ERROR" else value.plain_value()


@pytest.mark.parametrize("text", EXPRESSIONS.split("\n")[1:-1])
def test_an_expression_means_what_the_library_says(text: str) -> None:
    ours, theirs = _ours(text, DATA), _theirs(text)
    assert ours == theirs
    assert type(ours) is type(theirs)


def _prepare(text: str, names: Mapping[str, Type]) -> Run:
    tree = parse(text)
    type_of(tree, names)
    return compiled(tree)


@pytest.mark.parametrize(
    ("text", "message", "start"),
    [
        ("n ==", "syntax error: the expression ends too early", 4),
        ("n == 'a", "syntax error: ", 5),
        ("nn == 1", "unknown name 'nn'", 0),
        ("port.publishd > 1", "port has no field 'publishd'; did you mean published?", 5),
        ("has(port.publishd)", "port has no field 'publishd'; did you mean published?", 9),
        ("port.published > '1'", "`>` does not take (int, string)", 15),
        ("port.host_ip == 1", "`==` does not take (string, int)", 13),
        ("port.protocol.startsWith(1)", "`startsWith` does not take (string, int)", 24),
        ("port.protocol.x", "a string has no fields, so no 'x'", 14),
        ("sise(port.protocol)", "there is no function 'sise'; did you mean size?", 4),
        ("port.target.all(x, true)", "`all` is for lists and maps, not for a int", 15),
        ("port.protocol.matches('(')", "no regular expression: missing ): (", 22),
        ("port.protocol.matches(port.name)", "the pattern of `matches` must be written out", 26),
        ("b'x' == b'x'", "bytes are no part of policies", 0),
        ("service.deploy.resources.limits.memry > 1", "limits has no field 'memry'; did you mean memory?", 32),
        ("service.ports.all(p, p.published == 'x')", "`==` does not take (int, string)", 33),
        ("service.labels.exists(k, k == 1)", "`==` does not take (string, int)", 27),
        ("service.cap_add.exists(c, c == 1)", "`==` does not take (string, int)", 28),
    ],
)
def test_a_wrong_expression_is_refused_at_its_place(text: str, message: str, start: int) -> None:
    names: dict[str, Type] = {"n": DYN, "port": Record(Port), "service": Record(Service)}
    with pytest.raises(ExpressionError) as raised:
        _prepare(text, names)
    assert raised.value.message.startswith(message)
    assert raised.value.start == start


def _service(**keys: object) -> Service:
    service = Service.model_validate(keys)
    service.settle("web", ("services", "web"))
    return service


IMAGE = Unresolved(f"ghcr.io/acme/app:{MARK}", ("${TAG}",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("service.image.startsWith('ghcr.io/acme/')", True),
        ("service.image.startsWith('docker.io/')", False),
        ("service.image.startsWith('ghcr.io/acme/app:1')", None),
        ("service.image.contains('acme')", True),
        ("service.image.contains('1.2')", None),
        ("service.image == 'nginx'", False),
        ("service.image == 'ghcr.io/acme/app:1'", None),
        ("service.image.matches('acme')", None),
        ("has(service.image)", True),
        ("service.image != null", True),
        ("service.image == 'ghcr.io/acme/app:1' || service.name == 'web'", True),
        ("service.name == 'web' && service.image == 'ghcr.io/acme/app:1'", None),
        ("service.name == 'db' && service.image == 'ghcr.io/acme/app:1'", False),
        ("service.image_name.registry == 'ghcr.io'", True),
        ("service.image_name.tag == '1'", None),
        ("service.image_name.digest == ''", None),
        ("'ALL' in service.cap_drop", True),
        ("'CHOWN' in service.cap_drop", None),
        ("service.cap_drop.size() == 2", True),
        ("service.cap_drop.all(c, c == 'X')", False),
        ("service.deploy.resources.limits.memory == null", True),
        ("has(service.deploy.resources)", False),
        ("service.privileged", None),
        ("service.read_only != true", True),
        ("service.ports[0].published == 8000", True),
        ("service.ports[0].published_last == 8005", True),
        ("service.ports[0].reach == 'loopback'", True),
        ("has(service.ports[1].published)", False),
        ("service.kind == 'service'", True),
        ("has(service.command)", False),
        ("has(service.labels.owner) && service.labels.owner == 'me'", True),
        ("'owner' in service.labels", True),
    ],
)
def test_what_a_variable_hides_is_not_judged_and_all_else_is(text: str, expected: bool | None) -> None:
    service = _service(
        image=IMAGE,
        cap_drop=["ALL", Unresolved(MARK, ("${CAP}",))],
        privileged=Unresolved(MARK, ("${P}",)),
        ports=[{"target": 80, "published": "8000-8005", "host_ip": "127.0.0.1"}, {"target": 81}],
        labels={"owner": "me"},
    )
    run = _prepare(text, {"service": Record(Service)})
    frame = Frame({"service": service}, Budget(1000))
    if expected is None:
        with pytest.raises(UnknownError):
            truth(run(frame))
    else:
        assert run(frame) is expected
