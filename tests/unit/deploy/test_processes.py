"""How a child process of the runner is started."""

from pathlib import Path

from deploy.embedded.processes import Child


async def test_of_a_child_that_crashes_no_dump_is_kept(tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    program = ["/bin/cat", "/proc/self/limits"]

    child = await Child.start("cat", program, environment={}, log=log)
    await child.ended()

    [limit] = [line for line in log.read_text().splitlines() if "core file" in line]
    assert limit.split()[-3:-1] == ["0", "0"]
