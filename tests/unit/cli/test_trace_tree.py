"""What followed from what."""

from rich.console import Console

from cli.tracing import Step, tree_of


def a_step(step_id: str, cause: str | None, time: str = "1") -> Step:
    kind = f"wlc.step.{step_id}.v1"
    return {"id": step_id, "causation_id": cause, "type": kind, "time": time, "source": "x"}


def shown(*steps: Step) -> list[str]:
    console = Console(width=100)
    with console.capture() as capture:
        console.print(tree_of("cause", list(steps)))
    return [line.split(" 1")[0].split(" 2")[0] for line in capture.get().splitlines()]


def test_each_event_hangs_under_the_one_that_caused_it() -> None:
    lines = shown(a_step("c", "b"), a_step("a", None), a_step("b", "a"), a_step("d", "a", "2"))

    assert lines == [
        "cause",
        "└── wlc.step.a.v1",
        "    ├── wlc.step.b.v1",
        "    │   └── wlc.step.c.v1",
        "    └── wlc.step.d.v1",
    ]


def test_an_event_of_an_unknown_cause_hangs_under_the_root() -> None:
    assert shown(a_step("a", "gone"), a_step("b", "b")) == [
        "cause",
        "├── wlc.step.a.v1",
        "└── wlc.step.b.v1",
    ]


def test_a_long_chain_is_no_trouble() -> None:
    steps = [a_step(str(n), str(n - 1)) for n in range(3000)]

    assert tree_of("cause", steps).children
